package io.boxwright.cli;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.job.actions.JobFailedException;
import io.boxwright.job.actions.RunStoppedException;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.input.SparkVersion;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.DiskFault;
import io.boxwright.job.output.Versions;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Redaction;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkConf;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;

/** The command line {@code boxwright}. */
@Command(
    name = "boxwright",
    mixinStandardHelpOptions = true,
    versionProvider = BoxwrightCommand.Version.class,
    description = "Stable Diffusion that puts things where you want them, as a Spark batch job.",
    synopsisSubcommandLabel = "COMMAND")
public final class BoxwrightCommand {

  /** The class that starts a process; Spark gives its name to an application without a name. */
  static final String MAIN_CLASS = "io.boxwright.Main";

  private BoxwrightCommand() {}

  /** The versions of Boxwright, Spark, DJL and PyTorch, in one line. It loads no libtorch. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      return new String[] {Versions.describe(SparkVersion.running().spark())};
    }
  }

  /**
   * Runs a command.
   *
   * @param conf Spark's settings; its {@code spark.boxwright.*} keys are defaults of options
   * @return the exit code, as {@code ExitCode} lists them
   */
  public static int run(SparkConf conf, PrintWriter out, PrintWriter err, String... arguments) {
    try {
      SparkVersion.ofJar().requireRunsOn(SparkVersion.running());
    } catch (InvalidInputException e) {
      err.println(e.getMessage());
      return ExitCode.INVALID_INPUT;
    }
    SparkSettings.hideSecrets(conf);
    SparkSettings.keepOldDates(conf);
    SparkSettings.shareJars(conf);
    SparkConfDefaults defaults = new SparkConfDefaults(conf);
    CommandLine commandLine =
        ValueConverters.use(makeCommandLine(conf))
            .setOut(out)
            .setErr(err)
            .setUsageHelpAutoWidth(true)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setDefaultValueProvider(defaults)
            .setParameterExceptionHandler((e, ignored) -> reportInvalidOption(e))
            .setExecutionExceptionHandler((e, failing, ignored) -> reportFailure(e, failing));
    commandLine.getSubcommands().values().forEach(defaults::explain);
    try {
      return commandLine.execute(arguments);
    } catch (FSError e) { // Hadoop's error for local disks, which picocli does not catch
      return reportFailure(new IOException(e.getCause().getMessage(), e), commandLine);
    }
  }

  /** Makes a command line with all commands. */
  static CommandLine makeCommandLine(SparkConf conf) {
    CommandLine generate = new CommandLine(new GenerateCommand(conf));
    GroupedOptions.apply(generate);
    return new CommandLine(new BoxwrightCommand())
        .addSubcommand(new ImportCommand(conf))
        .addSubcommand(generate)
        .addSubcommand(new EvaluateCommand(conf))
        .addSubcommand(new ReportCommand(conf))
        .addSubcommand(new ExportCommand(conf))
        .addSubcommand(new DemoCommand(conf))
        .addSubcommand(new StatusCommand(conf))
        .addSubcommand(new VerifyCommand(conf))
        .addSubcommand(new TokensCommand(conf))
        .addSubcommand(new BenchCommand());
  }

  private static int reportInvalidOption(ParameterException e) {
    CommandLine commandLine = e.getCommandLine();
    print(commandLine, InvalidArguments.describe(e));
    commandLine.getErr().printf("See %s --help%n", commandLine.getCommandSpec().qualifiedName());
    return ExitCode.INVALID_INPUT;
  }

  private static int reportFailure(Exception e, CommandLine commandLine) {
    if (e instanceof RunStoppedException) { // the stopped run has printed it
      return ExitCode.STOPPED;
    }
    if (e instanceof JobFailedException) {
      print(commandLine, e.getMessage());
      return ExitCode.UNEXPECTED;
    }
    Optional<DiskFault> fault = DiskFault.in(e);
    if (fault.isPresent()) { // comes before wrong input: the folder's name is right
      String command = CommandLineText.of(commandLine.getCommandSpec());
      print(
          commandLine,
          "%s; %s".formatted(fault.get().reason(), fault.get().advice(command))
              + Redaction.reminder(command));
      return ExitCode.UNEXPECTED;
    }
    if (e instanceof InvalidInputException
        || e instanceof ModelLoadingException
        || e instanceof DamagedFileException) {
      print(commandLine, e.getMessage());
      return ExitCode.INVALID_INPUT;
    }
    if (e instanceof UncheckedIOException) { // it names its file or folder
      print(commandLine, e.getMessage());
      return ExitCode.UNEXPECTED;
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    print(commandLine, trace.toString());
    return ExitCode.UNEXPECTED;
  }

  private static void print(CommandLine commandLine, String message) {
    new ConsoleLines(commandLine.getErr()).printText(message);
  }
}
