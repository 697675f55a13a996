package io.boxwright.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What a class logs until this is closed. */
public final class LogLines extends AbstractAppender implements AutoCloseable {

  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines(Logger logger) {
    super("test", null, null, true, Property.EMPTY_ARRAY);
    this.logger = logger;
  }

  /** Starts to listen. */
  public static LogLines of(Class<?> type) {
    LogLines lines = new LogLines((Logger) LogManager.getLogger(type));
    lines.start();
    lines.logger.addAppender(lines);
    return lines;
  }

  /** Messages, in their order. */
  public List<String> lines() {
    return lines;
  }

  @Override
  public void append(LogEvent event) {
    lines.add(event.getMessage().getFormattedMessage());
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    stop();
  }
}
