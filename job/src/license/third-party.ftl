<#-- The list of everything that a release bundles, one artifact a line, with its licences. -->
Third-party software in this release
====================================

The artifacts below are in lib/ or inside boxwright-job.jar. The licences are those that their own descriptions name;
jars in lib/ have the texts in META-INF. ai.djl.pytorch:pytorch-native-cpu holds:

libtorch 2.7.1 (https://pytorch.org): licenses/pytorch.txt
    BSD 3-Clause
libraries inside of libtorch, such as oneDNN, XNNPACK and Intel MKL (https://github.com/pytorch/pytorch, LICENSE and
third_party)
    Apache License, Version 2.0; BSD; MIT; Intel Simplified Software License
libgomp (https://gcc.gnu.org)
    GNU General Public License, Version 3, with GCC Runtime Library Exception 3.1

org.webjars.npm:chart.js holds:

@kurkle/color (https://github.com/kurkle/color)
    MIT

All artifacts:

<#list dependencyMap as entry>
${entry.key.groupId}:${entry.key.artifactId}:${entry.key.version}<#if entry.key.name??> (${entry.key.name})</#if>
    <#list entry.value as license>${license}<#if license_has_next>; </#if></#list>
</#list>
