package io.boxwright.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.hadoop.fs.s3a.secret.key=hidden",
        "--conf spark.hadoop.fs.s3a.access.key=hidden",
        "--conf=spark.hadoop.fs.s3a.session.token=hidden",
        "-c spark.ssl.keyStorePassword='hidden hidden'",
        "-c 'spark.ssl.keyStorePassword=hidden hidden'",
        "-c 'spark.ssl.keyStorePassword=hid'\\''den hidden' x",
        "-c \"spark.ssl.keyStorePassword=hid\\\"den hidden\" x",
        "-c spark.ssl.keyStorePassword=hidden\\ hidden",
        "-Dfs.azure.account.key.me.blob.core.windows.net=hidden",
        "fs.azure.sas.container.me=hidden",
        "{\"api_key\": \"hidden hidden\", \"rows\": 3}",
        "password = hidden",
        "spark.hadoop.fs.s3a.secret.key   hidden",
        "two lines\nspark.hadoop.fs.s3a.secret.key\thidden\n",
        "AccountName=me;AccountKey=hidden==;EndpointSuffix=x",
        "https://me.blob/x?sv=1&sig=hidden&se=2",
        "https://bucket/x?X-Amz-Credential=hidden&X-Amz-Signature=hidden",
        "jdbc:db://host/x?user=me&passwd=hidden",
        "s3a://hidden:hidden@bucket/x",
        "s3a://hidden:hid/den+hidden=@bucket/x",
        "s3a://hidden@bucket/x",
        "cannot read 'hdfs://user:hid@hidden@host:8020/x', sorry",
        "abfss://me:hidden@me.dfs.core.windows.net/x",
        "sftp://hidden:12345hidden@host/x",
        "GOOGLE_PRIVATE_KEY=hidden",
        "fs.oss.accessKeySecret=hidden",
        "oauthToken=hidden",
        "fs.s3a.server-side-encryption.key=hidden",
      })
  void noSecretIsLeft(String text) {
    assertThat(Redaction.of(text)).doesNotContain("hid").contains("***");
    assertThat(Redaction.of(Redaction.of(text))).isEqualTo(Redaction.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boxwright tokens --model m 'a secret garden'",
        "Invalid token_indices[0]: it is null",
        "Invalid token index 5: the prompt has tokens 1 to 3",
        "token_indices=[[2, 3]]",
        "--conf spark.hadoop.fs.s3a.aws.credentials.provider=org.apache.X",
        "--conf spark.hadoop.hadoop.security.credential.provider.path=jceks://hdfs/x",
        "spark.kubernetes.authenticate.oauthTokenFile=/var/run/token",
        "hdfs://host:8020/x@y/z",
        "abfss://container@me.dfs.core.windows.net/x",
        "s3a://bucket/a:b/c@d.parquet",
        "write to me@example.org",
        "hdfs://host/table/token=5/secret=6/part-00000.parquet",
        "max_tokens=77, phrases=[a], key=3",
        "phrase 'a password' does not occur in prompt 'x'",
      })
  void whatIsNoSecretStays(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }

  @Test
  void whatIsBesideASecretStays() {
    assertThat(Redaction.of("--conf a.secret=hidden --master yarn"))
        .isEqualTo("--conf a.secret=*** --master yarn");
    assertThat(Redaction.of("-c 'a.secret=hid den' --master yarn"))
        .isEqualTo("-c 'a.secret=***' --master yarn");
    assertThat(Redaction.of("Cannot read s3a://k:s@b/x: no such key"))
        .isEqualTo("Cannot read s3a://***@b/x: no such key");
  }

  @Test
  void onlyARedactedCommandNeedsAReminder() {
    assertThat(Redaction.reminder("boxwright generate")).isEmpty();
    assertThat(Redaction.reminder("boxwright --conf a.secret=***"))
        .contains("  # put the secrets back");
  }

  @Test
  @Timeout(20)
  void hostileTextTakesNoTime() {
    for (String piece :
        new String[] {"a", "a.", "=", "'", "\\", "://", "a:", "@", " ", "secret=", "x://a:"}) {
      String text = piece.repeat(50_000);

      assertThatCode(() -> Redaction.of(text)).doesNotThrowAnyException();
    }
  }
}
