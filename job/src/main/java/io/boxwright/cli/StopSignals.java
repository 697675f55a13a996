package io.boxwright.cli;

import java.io.IOException;
import java.lang.reflect.Proxy;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers of the signals that end the process. After all other shutdown hooks the process ends
 * by the signal itself. A JVM would call C's {@code exit} instead, as {@link Runtime#halt} also
 * does. That frees memory that libtorch's threads still use, and usually the process crashes. The
 * exit code is that of the signal, 130 for Ctrl-C and 143 for SIGTERM.
 */
public final class StopSignals {

  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  /** The lowest priority: Hadoop runs shutdown hooks one by one, the highest priority first. */
  private static final int LAST = 0;

  /** The exit code of shells, to which they add the number of the signal. */
  private static final int EXIT_CODE = 128;

  private static final String[] NAMES = {"INT", "TERM"};

  private static volatile String received;

  private StopSignals() {}

  /** Handles the signals of this process from now on. One that its parent ignores stays ignored. */
  public static void handle() {
    try {
      for (String name : NAMES) {
        setHandler(name, makeHandler(name));
      }
      ShutdownHookManager.get().addShutdownHook(StopSignals::end, LAST);
    } catch (ReflectiveOperationException e) { // another kind of JVM, which ends in its own way
      LOG.debug("Signals stay with the JVM", e);
    }
  }

  private static Object makeHandler(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.SignalHandler");
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          received = name;
          System.exit(EXIT_CODE + readNumber(arguments[0]));
          return null;
        });
  }

  private static int readNumber(Object signal) throws ReflectiveOperationException {
    return (int) signal.getClass().getMethod("getNumber").invoke(signal);
  }

  /** Uses reflection: the compiler warns of the class, and warnings are errors here. */
  private static void setHandler(String name, Object handler) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = type.getConstructor(String.class).newInstance(name);
    type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
  }

  private static void end() {
    if (received == null) {
      return; // the process ends by itself
    }
    System.out.flush();
    System.err.flush();
    try {
      setHandler(received, Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
      String kill = "kill -%s %d".formatted(received, ProcessHandle.current().pid());
      new ProcessBuilder("sh", "-c", kill).start().waitFor();
    } catch (ReflectiveOperationException | IOException e) {
      LOG.debug("The JVM ends the process", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
