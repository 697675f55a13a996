package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** The check that a model on this host is the one that the driver found. */
final class SameModelCheck {

  private SameModelCheck() {}

  /**
   * Compares the content of a folder with what the driver found.
   *
   * @param name the model as the person named it
   * @param here the folder on this host
   * @param wanted the content that the driver found
   * @return the folder
   * @throws ModelLoadingException naming this host and the first file that differs
   */
  static HashedFolder require(String name, HashedFolder here, ModelFingerprint wanted) {
    Optional<String> difference = here.fingerprint().difference(wanted);
    if (difference.isPresent()) {
      throw new ModelLoadingException(
          "Cannot load %s on host %s, which has another model than the driver found: in %s, %s"
              .formatted(name, hostName(), here.folder(), difference.get()));
    }
    return here;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown"; // a container without a network
    }
  }
}
