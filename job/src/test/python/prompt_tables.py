"""Makes prompt tables in the forms that people's tools write them, and what each must read as.

    python prompt_tables.py    writes ../resources/prompt-tables
"""

import datetime
import decimal
import json
import pathlib
import shutil
import uuid

import datasets
import duckdb
import fastparquet
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent.parent / "resources" / "prompt-tables"
PROMPTS = ["a cat and a ball", "a dog"]
PHRASES = [["cat", "ball"], ["dog"]]
BOXES = [[[0.0, 0.25, 0.5, 0.75], [0.5, 0.5, 1.0, 1.0]], [[0.125, 0.25, 0.5, 0.75]]]
TIME = datetime.datetime(2026, 5, 6, 7, 8, 9, 123456)
UTC = TIME.replace(tzinfo=datetime.timezone.utc)
LAYOUT = {"prompt": PROMPTS, "phrases": PHRASES, "bboxes": BOXES}


def repeated(count):
    repeat = "row repeats an earlier row; it gets" if count == 1 else "rows repeat an earlier row; each gets"
    return f"{count} {repeat} an id and a default seed of its own"


forms = {}
shutil.rmtree(FOLDER, ignore_errors=True)


def form(problem=None, notes=(), rows=None, **columns):
    """Says what a form reads as: columns by name; `rows` where they are not the usual two."""

    def register(write):
        name = write.__name__
        folder = FOLDER / name
        folder.mkdir(parents=True)
        write(folder)
        expected = {"problem": problem} if problem else {
            "columns": {**(LAYOUT if rows is None else {}), **columns}, "notes": list(notes)}
        forms[name] = expected
        return write

    return register


def arrow(folder, name="table.parquet", **columns):
    pq.write_table(pa.table({**LAYOUT, **columns}), folder / name)


def frame(**columns):
    return pd.DataFrame({**LAYOUT, **columns})


@form(seed=[1, 2])
def pandas_plain(folder):
    frame(seed=[1, 2]).to_parquet(folder / "t.parquet")


@form(negative_prompt=[None, None])
def pandas_column_of_none(folder):
    frame(negative_prompt=[None, None]).to_parquet(folder / "t.parquet")


@form(seed=[1, None])
def pandas_seed_with_a_hole(folder):
    frame(seed=[1, None]).to_parquet(folder / "t.parquet")


@form(seed=[1, None])
def pandas_nullable_seed(folder):
    frame(seed=pd.array([1, None], dtype="Int64")).to_parquet(folder / "t.parquet")


@form(problem="Invalid seed column: it is double, and has values that are not bigint, such as 1.5")
def pandas_seed_of_fractions(folder):
    frame(seed=[1.5, 2.0]).to_parquet(folder / "t.parquet")


@form(source=["a", "b"], __index_level_0__=["x", "y"])
def pandas_with_index(folder):
    frame(source=["a", "b"]).set_axis(["x", "y"]).to_parquet(folder / "t.parquet")


@form(taken=["2026-05-06 07:08:09.123456"] * 2, notes=["column taken is read as microseconds"])
def pandas_nanoseconds(folder):
    frame(taken=pd.Series([TIME, TIME], dtype="datetime64[ns]")).to_parquet(folder / "t.parquet")


@form(taken=["2026-05-06 07:08:09.123456"] * 2, notes=["column taken is read as microseconds"])
def pandas_zoned_nanoseconds(folder):
    frame(taken=pd.Series([UTC, UTC], dtype="datetime64[ns, UTC]")).to_parquet(folder / "t.parquet")


@form(kind=["a", "b"])
def pandas_categories(folder):
    frame(kind=pd.Categorical(["a", "b"])).assign(
        prompt=pd.Categorical(PROMPTS)).to_parquet(folder / "t.parquet")


@form(rows=2, prompt=PROMPTS, score=[0.5, None], seed=[1, None])
def fastparquet_flat(folder):
    fastparquet.write(str(folder / "t.parquet"), pd.DataFrame(
        {"prompt": PROMPTS, "score": [0.5, np.nan], "seed": [1.0, np.nan]}))


@form(rows=2, prompt=PROMPTS, phrases=[[], []], bboxes=[[], []])
def pandas_empty_layouts(folder):
    pd.DataFrame({"prompt": PROMPTS, "phrases": [[], []], "bboxes": [[], []]}).to_parquet(
        folder / "t.parquet")


@form(rows=2, prompt=PROMPTS, phrases=[None, []], bboxes=[None, [None]])
def pyarrow_lists_of_nothing(folder):
    pq.write_table(pa.table({
        "prompt": PROMPTS,
        "phrases": pa.array([None, []], pa.list_(pa.null())),
        "bboxes": pa.array([None, [None]], pa.list_(pa.null()))}), folder / "t.parquet")


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      negative_prompt=[None, None, "blurry", None], source=[None, None, "a", "b"],
      notes=[repeated(1)])
def shards_with_and_without_values(folder):
    arrow(folder, "0.parquet", negative_prompt=pa.nulls(2), source=pa.nulls(2))
    arrow(folder, "1.parquet", negative_prompt=["blurry", None], source=["a", "b"])


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2, seed=[1, 2, 3, 4])
def shards_of_other_number_types(folder):
    arrow(folder, "0.parquet", bboxes=pa.array(BOXES, pa.list_(pa.list_(pa.float32()))),
          seed=pa.array([1, 2], pa.int32()))
    arrow(folder, "1.parquet", seed=pa.array([3, 4], pa.int64()))


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2, seed=[1, None, 3, 4],
      stars=[1.0, None, 3.0, 4.0],
      notes=["column stars is read as DOUBLE: it is double in 0.parquet, bigint in 1.parquet"])
def shards_with_a_hole_in_one(folder):
    frame(seed=[1, None], stars=[1, None]).to_parquet(folder / "0.parquet")
    frame(seed=[3, 4], stars=[3, 4]).to_parquet(folder / "1.parquet")


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      id=["1", "2", "x", "y"], source=["1", "2", "x", "y"],
      notes=["column source is read as STRING: it is bigint in 0.parquet, string in 1.parquet"])
def shards_of_numbers_and_texts(folder):
    arrow(folder, "0.parquet", id=[1, 2], source=[1, 2])
    arrow(folder, "1.parquet", id=["x", "y"], source=["x", "y"])


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      number=["9007199254740993", "1", "0.5", "1.5"],
      notes=["column number is read as STRING: it is bigint in 0.parquet, double in 1.parquet",
             repeated(2)])
def shards_of_numbers_that_no_type_holds(folder):
    arrow(folder, "0.parquet", number=[2**53 + 1, 1])
    arrow(folder, "1.parquet", number=[0.5, 1.5])


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      source=["a", "b", None, None], notes=[repeated(2)])
def shards_with_other_columns(folder):
    arrow(folder, "0.parquet", source=["a", "b"])
    arrow(folder, "1.parquet")


def required(folder, name, seed):
    """A shard whose columns, and the elements of its lists, are all required."""
    boxes = pa.list_(not_null(pa.list_(not_null(pa.float64()))))
    schema = pa.schema([
        pa.field("prompt", pa.string(), nullable=False),
        pa.field("phrases", pa.list_(not_null(pa.string())), nullable=False),
        pa.field("bboxes", boxes, nullable=False),
        pa.field("seed", pa.int64(), nullable=False)])
    pq.write_table(pa.table({**LAYOUT, "seed": seed}, schema), folder / name)


def not_null(kind):
    return pa.field("element", kind, nullable=False)


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2, seed=[1, 2, 3, None])
def shards_of_required_then_optional_columns(folder):
    required(folder, "0.parquet", seed=[1, 2])
    arrow(folder, "1.parquet", seed=[3, None])


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2, seed=[3, None, 1, 2])
def shards_of_optional_then_required_columns(folder):
    arrow(folder, "0.parquet", seed=[3, None])
    required(folder, "1.parquet", seed=[1, 2])


@form(problem="Invalid prompt column: it is string in 0.parquet, bigint in 1.parquet, but must be string")
def shards_of_texts_and_numbers_as_prompts(folder):
    arrow(folder, "0.parquet")
    pq.write_table(pa.table({**LAYOUT, "prompt": [1, 2]}), folder / "1.parquet")


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      notes=["column info is left out: it is struct<a:bigint> in 0.parquet, string in 1.parquet",
             repeated(2)])
def shards_of_structs_and_texts(folder):
    arrow(folder, "0.parquet", info=[{"a": 1}, {"a": 2}])
    arrow(folder, "1.parquet", info=["x", "y"])


@form(seed=[1, 2])
def pyarrow_unsigned_seed(folder):
    arrow(folder, seed=pa.array([1, 2], pa.uint64()))


@form(seed=[1, 4294967295])
def pyarrow_uint32_seed(folder):
    arrow(folder, seed=pa.array([1, 4294967295], pa.uint32()))


@form(problem="Invalid seed column: it is decimal(20,0), and has values that are not bigint, such as 18446744073709551615")
def pyarrow_seed_of_64_bits(folder):
    arrow(folder, seed=pa.array([1, 2**64 - 1], pa.uint64()))


@form()
def pyarrow_fixed_size_boxes(folder):
    arrow(folder, bboxes=pa.array(BOXES, pa.list_(pa.list_(pa.float32(), 4))))


@form()
def pyarrow_large_types(folder):
    arrow(folder, prompt=pa.array(PROMPTS, pa.large_string()),
          phrases=pa.array(PHRASES, pa.large_list(pa.large_string())))


@form()
def pyarrow_bytes_as_text(folder):
    arrow(folder, prompt=[p.encode() for p in PROMPTS])


@form(info=["{1, x}", "{2, null}"], tags=["{a -> 1}", "{}"], price=["1.25", "2.50"])
def pyarrow_nested_metadata(folder):
    arrow(folder, info=[{"a": 1, "b": "x"}, {"a": 2, "b": None}],
          tags=pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int64())),
          price=[decimal.Decimal("1.25"), decimal.Decimal("2.50")])


@form(notes=["column at is left out: Spark cannot read its type TIME(MICROS,false), in t.parquet"])
def pyarrow_times_of_day(folder):
    arrow(folder, "t.parquet", at=pa.array([TIME.time()] * 2, pa.time64("us")))


@form(lasted=[1000, 2000])
def pyarrow_durations(folder):
    arrow(folder, lasted=pa.array([1000, 2000], pa.duration("us")))


@form(day=["2026-05-06"] * 2, taken=["2026-05-06 07:08:09.123456"] * 2)
def pyarrow_dates(folder):
    arrow(folder, day=[TIME.date()] * 2, taken=pa.array([UTC] * 2, pa.timestamp("us", tz="UTC")))


@form()
def pyarrow_zstd(folder):
    pq.write_table(pa.table(LAYOUT), folder / "t.parquet", compression="zstd")


@form()
def pyarrow_pages_of_version_2(folder):
    pq.write_table(pa.table(LAYOUT), folder / "t.parquet", version="2.6", data_page_version="2.0")


@form(seed=[1, 2])
def polars_plain(folder):
    pl.DataFrame({**LAYOUT, "seed": [1, 2]}).write_parquet(folder / "t.parquet")


@form(negative_prompt=[None, None])
def polars_column_of_none(folder):
    pl.DataFrame({**LAYOUT, "negative_prompt": [None, None]}).write_parquet(folder / "t.parquet")


@form(kind=["a", "b"], seed=[1, 2])
def polars_arrays_and_categories(folder):
    pl.DataFrame({**LAYOUT, "kind": ["a", "b"], "seed": [1, 2]}, schema_overrides={
        "bboxes": pl.List(pl.Array(pl.Float32, 4)), "kind": pl.Categorical, "seed": pl.UInt16,
    }).write_parquet(folder / "t.parquet")


@form(taken=["2026-05-06 07:08:09.123"] * 2)
def polars_milliseconds(folder):
    pl.DataFrame({**LAYOUT, "taken": [TIME] * 2},
                 schema_overrides={"taken": pl.Datetime("ms")}).write_parquet(folder / "t.parquet")


@form(seed=[1, 2])
def duckdb_plain(folder):
    source = pa.table({**LAYOUT, "seed": [1, 2]})
    duckdb.sql(f"COPY (SELECT * FROM source) TO '{folder / 't.parquet'}' (FORMAT parquet)")


@form(seed=[7, 7], key=["00000000-0000-0000-0000-000000000001"] * 2)
def duckdb_small_types(folder):
    source = pa.table(LAYOUT)
    duckdb.sql(
        "COPY (SELECT prompt, phrases, bboxes::DOUBLE[4][] AS bboxes, 7::UTINYINT AS seed,"
        f" '{uuid.UUID(int=1)}'::UUID::VARCHAR AS key FROM source)"
        f" TO '{folder / 't.parquet'}' (FORMAT parquet)")


@form(source=["a", "b"])
def huggingface_plain(folder):
    datasets.Dataset.from_dict({**LAYOUT, "source": ["a", "b"]}).to_parquet(folder / "t.parquet")


@form(notes=["2 other files are not read, such as README.md"])
def huggingface_folder(folder):
    (folder / "data").mkdir()
    datasets.Dataset.from_dict(LAYOUT).to_parquet(folder / "data" / "train-00000-of-00001.parquet")
    (folder / "README.md").write_text("---\nconfigs: []\n---\n")
    (folder / "dataset_info.json").write_text("{}\n")
    (folder / ".gitattributes").write_text("*.parquet filter=lfs\n")


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2, notes=[repeated(2)])
def folders_in_folders(folder):
    (folder / "a" / "b").mkdir(parents=True)
    arrow(folder / "a" / "b", "x.parquet")
    arrow(folder, "top.parquet")


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      split=["test", "test", "train", "train"], notes=[repeated(2)])
def partitions(folder):
    for split in ["train", "test"]:
        (folder / f"split={split}").mkdir()
        arrow(folder / f"split={split}", "x.parquet")


@form(problem="Invalid columns: Source and source differ in case only; rename one")
def names_that_differ_in_case(folder):
    arrow(folder, Source=["a", "b"], source=["a", "b"])


@form(problem="the image table has columns of its own named image, width, objects, status; rename"
      " them, or give --rename-columns PREFIX")
def names_of_the_image_table(folder):
    arrow(folder, image=["a", "b"], width=[1, 2], objects=["a", "b"], status=[1, 2])


@form(problem="there is no Parquet file in the folder, only others such as t.csv")
def csv_file(folder):
    frame().to_csv(folder / "t.csv")


@form(problem="there is no Parquet file in the folder, only others such as t.arrow")
def arrow_file(folder):
    pa.feather.write_feather(pa.table(LAYOUT), folder / "t.arrow")


@form(problem="is not a Parquet file")
def json_named_parquet(folder):
    (folder / "t.parquet").write_text(json.dumps([{"prompt": "a cat"}] * 9))


@form(problem="Invalid seed column: it is float16")
def pyarrow_float16_seed(folder):
    arrow(folder, seed=pa.array(np.array([1, 2], np.float16)))


@form(problem="Invalid prompt column: Spark has no codec for its compression BROTLI; write it with"
      " zstd or snappy, in t.parquet")
def pyarrow_brotli(folder):
    pq.write_table(pa.table(LAYOUT), folder / "t.parquet", compression="brotli")


def parquet_paths(table):
    """The paths of all columns of a table, as Parquet names them."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    columns = pq.ParquetFile(pa.BufferReader(sink.getvalue())).schema
    return [columns.column(i).path for i in range(len(columns))]


@form(kept=["x", "y"], notes=[
    "column brotli is left out: Spark has no codec for its compression BROTLI; write it with zstd or"
    " snappy, in t.parquet",
    "column cases is left out: Spark cannot tell its fields a and A apart; rename one, in t.parquet",
    "column hours is left out: Spark cannot read its type TIME(MICROS,false), in t.parquet",
    "column takes is left out: Spark cannot read nanoseconds inside a list or struct; write"
    " microseconds, in t.parquet",
    "column times is left out: Spark cannot read nanoseconds inside a list or struct; write"
    " microseconds, in t.parquet"])
def pyarrow_columns_that_are_left_out(folder):
    table = pa.table({
        **LAYOUT, "kept": ["x", "y"], "brotli": ["x", "y"],
        "cases": pa.array([{"a": 1, "A": 2}] * 2),
        "hours": pa.array([{"at": TIME.time()}] * 2, pa.struct([("at", pa.time64("us"))])),
        "takes": pa.array([[UTC]] * 2, pa.list_(pa.timestamp("ns", "UTC"))),
        "times": pa.array([{"t": TIME}] * 2, pa.struct([("t", pa.timestamp("ns"))]))})
    codecs = {path: "snappy" for path in parquet_paths(table)} | {"brotli": "brotli"}
    pq.write_table(table, folder / "t.parquet", compression=codecs)


@form(some=[[None], []], numbers=[[None], [None, None]], named=["{a -> null}", "{}"])
def pyarrow_lists_of_none(folder):
    arrow(folder, some=pa.array([[None], []], pa.list_(pa.null())),
          numbers=pa.array([[None], [None, None]], pa.list_(pa.int32())),
          named=pa.array([[("a", None)], []], pa.map_(pa.string(), pa.int32())))


@form(score=[0.5, None])
def pyarrow_byte_stream_split(folder):
    table = pa.table({**LAYOUT, "score": [0.5, None]})
    pq.write_table(table, folder / "t.parquet", use_dictionary=False, column_encoding={
        "score": "BYTE_STREAM_SPLIT", "bboxes.list.element.list.element": "BYTE_STREAM_SPLIT"})


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      day=["1503-01-01"] * 2 + [None] * 2, taken=["1850-01-01 00:00:00.000001"] * 4,
      zoned=["1850-01-01 00:00:00.000001"] * 2 + [None] * 2, notes=["column zoned is read as microseconds", repeated(2)])
def pyarrow_old_dates(folder):
    old = datetime.datetime(1850, 1, 1, 0, 0, 0, 1, datetime.timezone.utc)
    taken = pa.array([old] * 2, pa.timestamp("us", "UTC"))
    arrow(folder, "0.parquet", taken=taken, day=[datetime.date(1503, 1, 1)] * 2,
          zoned=pa.array([old] * 2, pa.timestamp("ns", "UTC")))
    pq.write_table(pa.table({**LAYOUT, "taken": taken}), folder / "1.parquet",
                   use_deprecated_int96_timestamps=True)


@form(problem="b.parquet: it has no columns; remove it")
def file_without_columns(folder):
    arrow(folder, "a.parquet")
    pq.write_table(pa.table({}), folder / "b.parquet")


@form(problem="Invalid _metadata column: Spark has a column of that name itself; rename it")
def column_of_spark(folder):
    arrow(folder, _metadata=["x", "y"])


@form(rows=4, prompt=PROMPTS * 2, phrases=PHRASES * 2, bboxes=BOXES * 2,
      k=["05", "05", "5", "5"], notes=[
          "column k is taken from the name of the folder, not from the file, in x.parquet", repeated(2)])
def partitions_with_zeros(folder):
    for k in ["5", "05"]:
        (folder / f"k={k}").mkdir()
        arrow(folder / f"k={k}", "x.parquet", k=[1, 2])


@form(problem="Invalid folder k=: Spark needs a name before the = and a value after it; rename it")
def partition_without_a_value(folder):
    (folder / "k=").mkdir()
    arrow(folder / "k=", "x.parquet")


@form(problem="Invalid columns: column boxes is not read; did you mean bboxes? Rename it to that, or to"
      " something less like it, in 1.parquet")
def misspelt_layout_in_one_shard(folder):
    arrow(folder, "0.parquet")
    pq.write_table(pa.table({"prompt": PROMPTS, "phrases": PHRASES, "boxes": BOXES}), folder / "1.parquet")


@form(**{"Seed ": [1, 2], "negativePrompt": ["blurry", None]}, notes=[
    "column 'Seed ' is not read; did you mean seed? Rename it to that, or to something less like it, in"
    " table.parquet",
    "column negativePrompt is not read; did you mean negative_prompt? Rename it to that, or to something"
    " less like it, in table.parquet"])
def misspelt_metadata(folder):
    arrow(folder, **{"Seed ": [1, 2], "negativePrompt": ["blurry", None]})


@form(problem="Invalid columns: two are named prompt; rename one")
def names_that_are_equal(folder):
    columns = [pa.array(PROMPTS), pa.array(PROMPTS)]
    pq.write_table(pa.Table.from_arrays(columns, ["prompt", "prompt"]), folder / "t.parquet")


if __name__ == "__main__":
    (FOLDER / "forms.json").write_text(json.dumps(forms, indent=1, ensure_ascii=False) + "\n")
