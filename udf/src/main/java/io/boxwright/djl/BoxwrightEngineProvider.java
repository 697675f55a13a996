package io.boxwright.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/** DJL's way to find {@link BoxwrightEngine}. PyTorch stays the default engine. */
public final class BoxwrightEngineProvider implements EngineProvider {

  /** The engine, made when DJL first asks for it. */
  private static final class Holder {
    static final Engine ENGINE = new BoxwrightEngine();
  }

  @Override
  public String getEngineName() {
    return BoxwrightEngine.NAME;
  }

  @Override
  public int getEngineRank() {
    return BoxwrightEngine.RANK;
  }

  @Override
  public Engine getEngine() {
    return Holder.ENGINE;
  }
}
