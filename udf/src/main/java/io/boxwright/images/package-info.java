/** Pictures: PNG, boxes drawn on them, heat maps. Knows nothing of models and of Spark. */
package io.boxwright.images;
