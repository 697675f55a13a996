"""Checks the SQL functions, the stage of Spark ML and the walk of udf/docs/pyspark.md with real PySpark:
python pyspark_check.py JAR [connect]

JAR is boxwright-job.jar, built for the same Spark. Two pictures of the model shapes are made on the CPU in four steps,
by the stage and by a run that is exported. With connect, only what Spark Connect has is checked: the functions.
"""

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pyspark
from PIL import Image
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

sys.path.insert(0, str(Path(__file__).parents[2] / "main" / "python"))
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import boxwright  # noqa: E402

PROMPTS = pd.DataFrame({
    "id": ["two", "one"],
    "prompt": ["a red circle and a blue star on a gray background", "a green square on a white background"],
    "phrases": [["circle", "star"], ["square"]],
    "bboxes": [[[0.05, 0.05, 0.45, 0.45], [0.55, 0.55, 0.95, 0.95]], [[0.3, 0.3, 0.7, 0.7]]],
    "seed": [1, 2],
})


def start(jar, connect):
    builder = SparkSession.builder.config("spark.jars", jar).config("spark.ui.enabled", "false")
    builder = builder.remote("local[2]") if connect else builder.master("local[2]")
    return builder.getOrCreate()


def one(spark, query):
    rows = spark.sql(query).collect()
    assert len(rows) == 1, rows
    return rows[0][0]


def check_functions(spark):
    tokens = one(spark, "SELECT boxwright.tokens('shapes', 'a red circle')")
    assert tokens == ["<|startoftext|>", "a</w>", "red</w>", "circle</w>", "<|endoftext|>"], tokens
    assert one(spark, "SELECT boxwright.token_indices('shapes', 'a red circle', array('circle'))") == [[3]]
    assert one(spark, "SELECT boxwright.box_iou(array(0, 0, 1, 1), array(0, 0, 0.5, 1))") == 0.5
    assert one(spark, "SELECT boxwright.box_convert(array(8, 4, 16, 8), 'xywh', 32, 16)") == [0.25, 0.25, 0.75, 0.75]
    names = {row[0] for row in spark.sql("SHOW USER FUNCTIONS IN boxwright").collect()}
    assert len(names) == 8 and "boxwright.adherence" in names, names


def check_pictures(spark, png):
    spark.createDataFrame(pd.DataFrame({"png": [png]})).createOrReplaceTempView("pictures")
    size = one(spark, "SELECT boxwright.image_size(png) FROM pictures")
    assert (size.width, size.height) == Image.open(io.BytesIO(png)).size
    drawn = one(spark, "SELECT boxwright.draw_boxes(png, array(array(0.1, 0.1, 0.9, 0.9))) FROM pictures")
    assert Image.open(io.BytesIO(drawn)).size == (size.width, size.height) and drawn != png
    found = one(spark, "SELECT boxwright.detect_objects('shapes', png, array('a red square')) FROM pictures")
    assert found[0].seen_as == "a red square" and found[0].box == [0.25, 0.25, 0.75, 0.75], found


def draw_red_square():
    picture = Image.new("RGB", (64, 64), "white")
    picture.paste((0xE1, 0x1E, 0x23), (16, 16, 48, 48))
    out = io.BytesIO()
    picture.save(out, "png")
    return bytes(out.getvalue())


def check_stage(spark, folder):
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.feature import SQLTransformer

    stage = boxwright.GuidedImageTransformer(
        modelUrl="shapes", numInferenceSteps=4, guidanceScale=5, attentionMaps="keep", guidanceOptions=["loss_scale=45"])
    assert stage.getOrDefault("batchSize") == 8
    assert "the number of denoising steps" in stage.explainParams()
    prompts = spark.createDataFrame(PROMPTS)
    columns = SQLTransformer(statement="SELECT id, image, objects, adherence, attention, status, error FROM __THIS__")
    Pipeline(stages=[stage, columns]).fit(prompts).write().overwrite().save(f"{folder}/pipeline")
    loaded = PipelineModel.load(f"{folder}/pipeline")
    assert loaded.stages[0].getOrDefault("guidanceScale") == 5.0
    assert loaded.stages[0].copy().getOrDefault("guidanceOptions") == ["loss_scale=45"]

    loaded.transform(prompts).write.parquet(f"{folder}/images")
    images = spark.read.parquet(f"{folder}/images")
    images.createOrReplaceTempView("images")
    table = images.toPandas()
    assert list(table.status) == ["ok", "ok"], list(table.error)
    for row in table.itertuples():
        assert Image.open(io.BytesIO(row.image["bytes"])).size == (128, 128)
    check_scores(spark)
    print(images.select("id", F.col("adherence.held_out.lift")).toPandas())


def check_scores(spark):
    """Scores from the saved maps are those of generation: each object has one token."""
    largest = one(spark, """
        SELECT max(greatest(
            abs(again.guided.in_box_mass - adherence.guided.in_box_mass), abs(again.held_out.iou - adherence.held_out.iou),
            abs(again.objects[0].held_out.lift - objects[0].held_out.lift)))
        FROM (SELECT *, boxwright.adherence(attention, objects.boxes) again FROM images)""")
    assert largest < 1e-6, largest
    moved = one(spark, """
        SELECT boxwright.adherence(attention, array(array(0, 0, 0.1, 0.1))).held_out.in_box_mass
             < adherence.held_out.in_box_mass FROM images WHERE id = 'one'""")
    assert moved


def run_boxwright(*arguments):
    """Runs the launcher with the Spark of PySpark, as a shell of pyspark does."""
    launcher = Path(__file__).parents[4] / "job" / "bin" / "boxwright"
    subprocess.run([launcher, "--master", "local[2]", *arguments], check=True,
                   env={**os.environ, "SPARK_HOME": str(Path(pyspark.__file__).parent)})


def check_export(spark, folder):
    spark.createDataFrame(PROMPTS).write.parquet(f"{folder}/prompts")
    run_boxwright("generate", "--model", "shapes", "--steps", "4", "--input", f"{folder}/prompts", "--output", f"{folder}/run")
    run_boxwright("export", f"{folder}/run", "--format", "coco", "--output", f"{folder}/data",
                  "--where", "size(objects) = 2 AND adherence.held_out.lift IS NOT NULL")
    coco = json.loads(Path(f"{folder}/data/annotations/instances_train.json").read_text())
    assert [image["prompt_id"] for image in coco["images"]] == ["two"], coco["images"]
    assert [category["name"] for category in coco["categories"]] == ["circle", "star"], coco["categories"]
    boxes = [thing["bbox"] for thing in coco["annotations"]]
    assert boxes == [[6.4, 6.4, 51.2, 51.2], [70.4, 70.4, 51.2, 51.2]], boxes
    with Image.open(f"{folder}/data/images/train/{coco['images'][0]['file_name']}") as picture:
        assert picture.size == (128, 128)


def main():
    spark = start(sys.argv[1], connect="connect" in sys.argv[2:])
    boxwright.register_functions(spark)
    check_functions(spark)
    check_pictures(spark, draw_red_square())
    if "connect" not in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            check_stage(spark, folder)
            check_export(spark, folder)
    print(f"All is well with PySpark {spark.version}")
    spark.stop()


main()
