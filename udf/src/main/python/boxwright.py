"""Boxwright in PySpark: guided images as a stage of Spark ML, and the SQL functions.

spark.jars must have boxwright-job.jar. udf/docs/pyspark.md is a walk through it.
"""

from pyspark.ml.param import Param, TypeConverters
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.ml.wrapper import JavaTransformer

_CONVERTERS = {
    "IntParam": TypeConverters.toInt,
    "DoubleParam": TypeConverters.toFloat,
    "StringArrayParam": TypeConverters.toListString,
}


def register_functions(spark, catalog="boxwright", model_cache=None):
    """Gives a session the SQL functions, such as boxwright.box_iou; works with Spark Connect, too.

    catalog is the name before the dot. model_cache is a folder on the disk of each host for copies of models.
    """
    key = f"spark.sql.catalog.{catalog}"
    spark.conf.set(key, "io.boxwright.udf.FunctionCatalog")
    if model_cache is not None:
        spark.conf.set(f"{key}.model-cache", model_cache)


class GuidedImageTransformer(JavaTransformer, DefaultParamsReadable, DefaultParamsWritable):
    """A stage that turns a table of prompts into a table of images, lazily: every action makes them again.

    Its params are those of io.boxwright.udf.ml.GuidedImageTransformer; explainParams() lists them:

        GuidedImageTransformer(modelUrl="shapes", numInferenceSteps=20).transform(prompts)

    It needs a classic session: Spark Connect has no access to stages of Java. What it saves is loaded by Python.
    """

    def __init__(self, **params):
        super().__init__(self._new_java_obj("io.boxwright.udf.ml.GuidedImageTransformer"))
        for param in self._java_obj.params():
            convert = _CONVERTERS.get(param.getClass().getSimpleName(), TypeConverters.toString)
            setattr(self, param.name(), Param(self, param.name(), param.doc(), convert))
        self._params = None  # Params finds the new ones
        self._transfer_params_from_java()  # the defaults
        self.setParams(**params)

    def setParams(self, **params):
        """Sets params by their names."""
        return self._set(**params)
