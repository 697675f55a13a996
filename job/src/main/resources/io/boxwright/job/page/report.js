"use strict";

// Shows the data of the page. Every text of the data becomes a text node, never markup.
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const OBJECT_COLORS = ["#ffd23f", "#4cc9f0", "#ff85c2", "#7ded9a", "#ff9f45", "#c9a7ff", "#e4f75a", "#ffffff"];
  const POINTS = ["circle", "triangle", "rect", "rectRot", "star", "cross", "crossRot", "dash"];
  const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4], [1, 3], [10, 2]];
  const judged = page.gallery.score === "RIGHT"; // images are ranked by whether they are right
  const GROUPS = { best: judged ? "right" : "best", worst: judged ? "wrong" : "worst", changed: "most changed", first: "first", unscored: "no score" };
  const FEWEST_PROMPTS = 10; // for an interval
  const SHORT = { IOU: "IoU", IN_BOX_MASS: "attention", RIGHT: "judgement" };
  const scores = new Map(page.scores.map((score) => [score.key, score]));
  const byId = (id) => document.getElementById(id);

  // ---- elements

  function make(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (name === "class") {
        element.className = value;
      } else if (name === "own") {
        element.style.setProperty("--own", value);
      } else if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? "" : value);
      }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function makeSvg(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  }

  const link = (anchor, ...children) => make("a", { href: "#" + encodeURIComponent(anchor) }, ...children);
  const runColor = (run) => `var(--run-${run % 8})`;
  const runLabel = (run) => make("span", { class: "run", own: runColor(run) }, page.runs[run].name);
  const quote = (run) => `"${page.runs[run].name}"`;
  const scrolling = (table) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table);

  function makeTable(head, rows) {
    const cell = (tag, value, scope) => {
      const content = value instanceof Node || typeof value === "string" ? { content: value } : value || { content: "–" };
      return make(tag, { class: content.class || "", scope }, content.content);
    };
    return make(
      "table",
      {},
      make("thead", {}, make("tr", {}, ...head.map((value) => cell("th", value, "col")))),
      make("tbody", {}, ...rows.map((row) =>
        make("tr", {}, ...row.map((value, i) => (i === 0 ? cell("th", value, "row") : cell("td", value))))))
    );
  }

  // ---- numbers and texts

  const minus = (text) => text.replace("-", "\u2212");
  // Rounds the half up, away from 0, as the console does. toFixed would round 0.5375, which is a little less in binary, down.
  const fixed = (value, digits) => {
    const size = Math.abs(value) < 1e-6 ? 0 : Number(`${Math.round(Number(`${Math.abs(value)}e${digits}`))}e-${digits}`);
    return (value < 0 && size > 0 ? "-" : "") + size.toFixed(digits);
  };
  const format = (value, digits) => minus(fixed(value, digits));
  const signed = (value, digits) => {
    const text = fixed(value, digits);
    return Number(text) === 0 ? (0).toFixed(digits) : (value > 0 ? "+" : "") + minus(text);
  };
  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many || one + "s"}`;
  const unitDigits = (unit) => (unit === "fraction" ? 3 : 1);
  const unitSuffix = (unit) => (unit === "percent" ? " %" : "");
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const definedName = (name) => name.replace(/^accuracy@[\d.]+$/, "accuracy@k"); // one definition for every k
  const figureAnchor = (benchmark, name) => `figure-${benchmark}-${definedName(name)}`;
  const scoreAnchor = (key) => "score-" + key;

  function formatSpeed(perSecond) {
    if (!(perSecond > 0)) {
      return "–";
    }
    return perSecond < 1 ? `${(1 / perSecond).toFixed(1)} s an image` : `${perSecond.toFixed(1)} images/s`;
  }

  const formatBytes = (bytes) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const formatTime = (text) => text.replace("T", " ").replace(/(:\d\d)[.\d]*Z$/, "$1 UTC").replace(/:\d\d UTC$/, " UTC");

  // ---- head

  function showHead() {
    document.title = page.title;
    byId("title").textContent = page.title;
    byId("subtitle").textContent = `${count(page.runs.length, "run")}, ${count(
      page.runs.reduce((sum, run) => sum + run.done, 0), "image")}. Made on ${formatTime(page.created)}.`;
    byId("legend").append(...page.runs.map((run, i) => runLabel(i)));
    document.body.classList.toggle("alone", page.runs.length === 1);
    byId("colophon").textContent = `Made by Boxwright ${page.version}. Charts: Chart.js 4.4.4, MIT licence, inside this page. `
      + "This page needs no network.";
  }

  function showContents() {
    document.querySelectorAll("main > section:not(.hidden)").forEach((section) =>
      byId("contents").append(make("li", {}, link(section.id, section.dataset.title))));
  }

  // ---- runs

  function showRuns() {
    page.runs.forEach((run, i) => {
      if (run.continuation) {
        const missing = run.images - run.done;
        byId("run-notes").append(make("p", { class: "warning" },
          `${quote(i)} is not finished${run.done ? "; only some of its images are below" : ""}: ${
            count(missing, "image is missing", "images are missing")}. This command goes on with it: `,
          make("code", {}, run.continuation)));
      }
      run.notes.forEach((note) => byId("run-notes").append(make("p", { class: "warning" }, `${quote(i)}: ${note}.`)));
    });
    const text = (content) => ({ content, class: "text" });
    const differing = settings.filter((name) => differs(name) && !["num_inference_steps", "scheduler"].includes(name)
      && page.runs.every((run) => run.settings.options[name])); // an unguided run has no options of guidance
    const hash = (value) => make("code", { title: value }, value.slice(0, 12));
    const line = (name, content) => [name, ...page.runs.map(content)];
    const rows = [
      line("Images", (run) => text(`${(run.done - run.failed).toLocaleString("en")} of ${run.images.toLocaleString("en")} made`
        + (run.failed ? `, ${run.failed.toLocaleString("en")} failed` : "") + (run.warned ? `, ${run.warned.toLocaleString("en")} with warnings` : ""))),
      line("Prompts", (run) => text(`${run.rows.toLocaleString("en")}, ${count(run.images_per_prompt, "image")} each`)),
      line("State", (run) => text(run.continuation ? `not finished; last driver: ${run.state}` : run.state)),
      line("Speed", (run) => text(run.speed ? formatSpeed(run.speed.images_per_second)
        + (run.speed.drivers > 1 ? ` (last of ${run.speed.drivers} drivers)` : "") : "–")),
      line("Memory", (run) => text(!run.speed ? "–" : [
        run.speed.peak_device_bytes ? formatBytes(run.speed.peak_device_bytes) + " per GPU" : "",
        run.speed.peak_host_bytes ? formatBytes(run.speed.peak_host_bytes) + " per process" : "",
      ].filter(Boolean).join(", ") || "–")),
      line("Guidance", (run) => text(run.settings.guidance)),
      line("Steps", (run) => text(run.settings.steps)),
      line("Scheduler", (run) => text(run.settings.scheduler)),
      line("Model", (run) => text(run.model)),
      line("Model hash", (run) => text(hash(run.model_hash))),
      ...differing.slice(0, 8).map((name) => [make("code", {}, name), ...page.runs.map((run) => text(run.settings.options[name] || "–"))]),
      line("Prompt table", (run) => text(run.input)),
      line("Versions", (run) => text(run.versions || run.version || "–")),
      line("Started", (run) => text(formatTime(run.created))),
      line("Folder", (run) => text(run.path)),
    ];
    byId("run-facts").append(makeTable(["", ...page.runs.map((run, i) => runLabel(i))], rows));
    showMeans();
    showErrors();
    showSettings();
  }

  function showMeans() {
    const labels = new Map();
    page.runs.forEach((run) => run.means.forEach((mean) => labels.set(mean.score, mean.label)));
    if (!labels.size) {
      return;
    }
    const rows = [...labels].map(([score, label]) => [
      make("span", { title: score }, capital(label)),
      ...page.runs.map((run) => {
        const mean = run.means.find((one) => one.score === score);
        return mean ? { content: format(mean.value, mean.value >= 10 ? 1 : 2), class: "number" } : { content: "–", class: "number" };
      }),
    ]);
    byId("run-means").append(
      make("h3", {}, "Mean scores"),
      scrolling(makeTable(["", ...page.runs.map((run, i) => ({ content: runLabel(i), class: "number" }))], rows)));
  }

  function showErrors() {
    page.runs.forEach((run, i) => {
      if (!run.errors.length) {
        return;
      }
      byId("run-errors").append(
        make("details", {},
          make("summary", {}, `${count(run.failed, "failed image")} of ${quote(i)}`),
          scrolling(makeTable(["Images", "Most frequent messages"],
            run.errors.map((error) => [error.images.toLocaleString("en"), { content: error.message, class: "text" }])))));
    });
  }

  const settings = [...new Set(page.runs.flatMap((run) => Object.keys(run.settings.options)))].sort();
  const differs = (name) => new Set(page.runs.map((run) => run.settings.options[name])).size > 1;

  function showSettings() {
    const names = settings;
    const ordered = [...names.filter(differs), ...names.filter((name) => !differs(name))];
    const rows = ordered.map((name) => [
      make("code", {}, name),
      ...page.runs.map((run) => ({ content: run.settings.options[name] || "–", class: differs(name) ? "text differs" : "text" })),
    ]);
    const number = names.filter(differs).length;
    byId("run-settings").append(
      make("details", {},
        make("summary", {}, page.runs.length > 1
          ? `Settings: ${number ? `${number} of ${names.length} differ (listed first, in bold)` : "all are equal"}`
          : "Settings"),
        scrolling(makeTable(["Setting", ...page.runs.map((run, i) => runLabel(i))], rows))));
  }

  // ---- figures

  function showFigures() {
    if (!page.figures.length) {
      byId("figures").classList.add("hidden");
      return;
    }
    page.figures.forEach((table) => {
      const hidden = ["batch_size", "device", "benchmark", "evaluation_of",
        ...(table.options.detector === "shapes" ? ["threshold", "labels", "label_source", "template"] : [])]; // shapes reads no labels
      const options = Object.entries(table.options)
        .filter(([name, value]) => !hidden.includes(name) && !["none", "{}"].includes(value))
        .map(([name, value]) => `${name.replace("_", " ")} ${value.length > 40 ? value.slice(0, 12) : value.toLowerCase()}`);
      const runs = [...new Set(table.figures.flatMap((figure) => figure.cells.map((cell) => cell.run)))].sort((a, b) => a - b);
      const missing = page.runs.map((run, i) => i).filter((run) => !runs.includes(run));
      byId("figure-tables").append(
        make("h3", {}, table.benchmark === table.evaluation ? table.benchmark : `${table.benchmark} (evaluation "${table.evaluation}")`),
        make("p", { class: "note" }, `Evaluated with ${options.join(", ")}.`
          + (missing.length ? ` Without this evaluation: ${missing.map(quote).join(", ")}.` : "")),
        ...table.notes.map((note) => make("p", { class: "warning" }, note)),
        makeFigures(table, runs, table.figures.filter((figure) => !figure.category)));
      const divided = table.figures.filter((figure) => figure.category);
      if (divided.length) {
        byId("figure-tables").append(
          make("details", {},
            make("summary", {}, `By category: ${count(new Set(divided.map((figure) => figure.category)).size, "category", "categories")}`),
            makeFigures(table, runs, divided)));
      }
    });
  }

  function makeFigures(table, runs, figures) {
    const compared = runs.filter((run) => figures.some((figure) => figure.differences.some((one) => one.run === run)));
    const categories = figures.some((figure) => figure.category);
    const units = new Set(figures.map((figure) => figure.unit));
    const head = [
      "Figure",
      ...(categories ? ["Category"] : []),
      ...runs.map((run) => ({ content: runLabel(run), class: "number" })),
      ...compared.map((run) => ({ content: make("span", {}, runLabel(run), " minus ", runLabel(0)), class: "number" })),
      { content: `95 % intervals${units.size === 1 ? (units.has("fraction") ? ", 0 to 1" : ", 0 to 100") : ""}` },
      { content: "Images", class: "number" },
    ];
    const rows = figures.map((figure) => {
      const digits = unitDigits(figure.unit);
      const interval = (one, write) => hasInterval(one) ? `${write(one.low, digits)} to ${write(one.high, digits)}` : "–";
      const images = figure.cells.map((cell) => cell.images);
      return [
        link(figureAnchor(table.benchmark, figure.name), figure.name),
        ...(categories ? [{ content: figure.category, class: "text" }] : []),
        ...runs.map((run) => {
          const cell = figure.cells.find((one) => one.run === run);
          return { class: "number", content: cell
            ? make("span", {}, format(cell.value, digits) + unitSuffix(figure.unit), make("span", { class: "interval" }, interval(cell, format)))
            : "–" };
        }),
        ...compared.map((run) => {
          const difference = figure.differences.find((one) => one.run === run);
          return { class: "number", content: difference
            ? make("span", {}, make(isClear(difference) ? "strong" : "span",
                { class: isClear(difference) ? (difference.value > 0 ? "up" : "down") : "" }, signed(difference.value, digits)),
              make("span", { class: "interval" }, interval(difference, signed)))
            : "–" };
        }),
        { class: "plot", content: drawIntervals(figure) },
        { class: "number", content: [...new Set(images)].map((number) => number.toLocaleString("en")).join(" / ") },
      ];
    });
    const few = figures.some((figure) => [...figure.cells, ...figure.differences].some((one) => one.prompts < FEWEST_PROMPTS));
    return make("div", {}, scrolling(makeTable(head, rows)),
      few ? make("p", { class: "note" }, `A dash below a value: too few prompts for an interval, fewer than ${FEWEST_PROMPTS}.`) : null);
  }

  const hasInterval = (one) => one.prompts >= FEWEST_PROMPTS && one.low !== null && one.low !== undefined;
  const isClear = (difference) => hasInterval(difference) && (difference.low > 0 || difference.high < 0);

  function drawIntervals(figure) {
    const end = figure.unit === "fraction" ? 1 : 100;
    const x = (value) => 4 + 168 * Math.min(1, Math.max(0, value / end));
    const height = 10 * figure.cells.length + 6;
    const text = figure.cells.map((cell) => `${page.runs[cell.run].name} ${format(cell.value, unitDigits(figure.unit))}`).join(", ");
    const svg = makeSvg("svg", { class: "intervals", viewBox: `0 0 176 ${height}`, role: "img", "aria-label": text });
    [0, 0.5, 1].forEach((tick) => svg.append(makeSvg("line",
      { x1: x(tick * end), x2: x(tick * end), y1: 0, y2: height, style: "stroke:var(--line);stroke-width:1" })));
    figure.cells.forEach((cell, i) => {
      const y = 8 + 10 * i;
      const color = runColor(cell.run);
      if (hasInterval(cell)) {
        svg.append(makeSvg("line", { x1: x(cell.low), x2: x(cell.high), y1: y, y2: y, style: `stroke:${color}` }));
      }
      svg.append(makeSvg("circle", { cx: x(cell.value), cy: y, r: 3.5, style: `fill:${color}` }));
    });
    return svg;
  }

  // ---- charts

  const charts = [];
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plain = (run) => variable(`--run-${run % 8}`);

  // Charts draw colours as they are when they are made; so they are made again with other colours.
  function addChart(holder, title, build, tall) {
    const canvas = make("canvas", { role: "img", "aria-label": title });
    holder.append(make("div", { class: tall ? "canvas tall" : "canvas" }, canvas));
    const entry = { canvas, build, chart: null };
    charts.push(entry);
    drawChart(entry);
    return entry;
  }

  function drawChart(entry) {
    if (entry.chart) {
      entry.chart.destroy();
    }
    Chart.defaults.color = variable("--soft");
    Chart.defaults.borderColor = variable("--line");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 12;
    Chart.defaults.animation = false;
    Chart.defaults.maintainAspectRatio = false;
    Chart.defaults.plugins.legend.labels.usePointStyle = true;
    Chart.defaults.plugins.legend.display = page.runs.length > 1;
    entry.chart = new Chart(entry.canvas, entry.build());
  }

  const drawCharts = () => charts.forEach(drawChart);
  const axis = (text, more) => ({ title: { display: true, text }, grid: { color: variable("--line") }, ...more });

  // Makes legends of lines, with the colours and dashes that tell the runs apart.
  const lineLabels = (histogram) => (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((label) => {
    const run = histogram.runs[label.datasetIndex].run;
    return { ...label, pointStyle: "line", strokeStyle: plain(run), lineDash: DASHES[run % 8], lineWidth: 2 };
  });

  function showHistograms() {
    if (!page.histograms.length) {
      byId("distributions").classList.add("hidden");
      return;
    }
    if (page.histograms.some((histogram) => histogram.score !== "IOU")) {
      byId("distribution-text").append(" Attention is that of held-out layers, which the guidance does not read.");
    }
    page.histograms.forEach((histogram) => {
      const score = scores.get(histogram.score);
      const bins = histogram.runs[0].shares.length;
      const width = histogram.upper / bins;
      const holder = make("div", { class: "chart" }, make("h3", {}, link(scoreAnchor(score.key), capital(score.label))));
      byId("histograms").append(holder);
      addChart(holder, `Distribution of ${score.label}`, () => ({
        type: "line",
        data: {
          datasets: histogram.runs.map((run) => ({
            label: page.runs[run.run].name,
            data: [...run.shares, run.shares[bins - 1]].map((share, i) => ({ x: i * width, y: 100 * share })),
            borderColor: plain(run.run),
            backgroundColor: plain(run.run) + "30",
            borderDash: DASHES[run.run % 8],
            pointStyle: POINTS[run.run % 8],
            borderWidth: 2,
            pointRadius: 0,
            pointHitRadius: 8,
            stepped: "before",
            fill: histogram.runs.length < 4,
          })),
        },
        options: {
          interaction: { mode: "nearest", axis: "x", intersect: false },
          scales: {
            x: axis(score.label, { type: "linear", min: 0, max: histogram.upper }),
            y: axis("share of images, %", { min: 0 }),
          },
          plugins: { legend: { labels: { pointStyleWidth: 36, generateLabels: lineLabels(histogram) } }, tooltip: { callbacks: {
            title: (items) => {
              const start = Math.min(bins - 1, items[0].dataIndex) * width;
              return `${format(start, 2)} to ${format(start + width, 2)}`;
            },
            label: (item) => `${item.dataset.label}: ${format(item.parsed.y, 1)} %`,
          } } },
        },
      }));
      holder.append(scrolling(makeTable(
        ["", { content: "Mean", class: "number" }, { content: "Median", class: "number" }, { content: "Images", class: "number" }],
        histogram.runs.map((run) => [runLabel(run.run),
          { content: format(run.mean, 2), class: "number" },
          { content: format(run.median, 2), class: "number" },
          { content: run.images.toLocaleString("en"), class: "number" }]))));
    });
  }

  function showScatter() {
    if (!page.scatter.length) {
      byId("prediction").classList.add("hidden");
      return;
    }
    const left = make("div", { class: "chart" });
    const right = make("div", {});
    byId("scatter").append(make("div", { class: "side" }, left, right));
    addChart(left, "Attention in the box against the IoU of the detected box, by object", () => ({
      type: "scatter",
      data: { datasets: page.scatter.map((points) => ({
        label: page.runs[points.run].name,
        data: points.points.map(([x, y]) => ({ x, y })),
        borderColor: plain(points.run),
        backgroundColor: plain(points.run) + "80",
        pointStyle: POINTS[points.run % 8],
        clip: 6,
        pointRadius: points.points.length > 300 ? 2.5 : 4,
      })) },
      options: {
        scales: {
          x: axis("attention in the box", { min: 0, max: 1 }),
          y: axis("IoU of the detected box", { min: 0, max: 1 }),
        },
        plugins: { tooltip: { callbacks: { label: (item) =>
          `${item.dataset.label}: attention ${format(item.parsed.x, 2)}, IoU ${format(item.parsed.y, 2)}` } } },
      },
    }), true);
    const labels = [...new Set(page.scatter.flatMap((points) => points.correlations.map((one) => one.label)))];
    right.append(make("h3", {}, "Spearman's correlation with the IoU"));
    right.append(scrolling(makeTable(
      ["", ...page.scatter.map((points) => ({ content: runLabel(points.run), class: "number" }))],
      [...labels.map((label) => [capital(label), ...page.scatter.map((points) => {
        const found = points.correlations.find((one) => one.label === label);
        return { content: found && found.spearman !== undefined ? signed(found.spearman, 2) : "–", class: "number" };
      })], ), ["Objects", ...page.scatter.map((points) => ({ content: points.objects.toLocaleString("en"), class: "number" }))]])));
    const sampled = page.scatter.filter((points) => points.points.length < points.objects);
    right.append(make("p", { class: "note" }, "A dash stands for fewer than three objects, or for values that are all equal."
      + (sampled.length ? ` The chart shows every n-th object, ${count(sampled[0].points.length, "point")} a run; correlations are over all.` : "")
      + (page.gallery.detections ? ` Detections are from ${page.gallery.detections}.` : "")));
  }

  function showBreakdowns() {
    if (!page.breakdowns.length) {
      byId("groups").classList.add("hidden");
      return;
    }
    page.breakdowns.forEach((breakdown, place) => {
      const keys = [...scores.keys()].filter((key) =>
        breakdown.groups.some((group) => group.cells.some((cell) => cell.means[key] !== undefined)));
      const mean = (group, run, key) => {
        const cell = group.cells.find((one) => one.run === run);
        return cell && cell.means[key] !== undefined ? cell.means[key] : null;
      };
      const holder = make("div", { class: breakdown.groups.length > 8 ? "chart whole" : "chart" }, make("h3", {}, `By ${breakdown.name}`));
      byId("breakdowns").append(holder);
      if (keys.length) {
        let chosen = ["IOU", "RIGHT"].find((key) => keys.includes(key)) || keys[0];
        const select = make("select", { id: `score-of-groups-${place}` },
          ...keys.map((key) => make("option", { value: key, selected: key === chosen }, scores.get(key).label)));
        holder.append(make("label", { class: "tick" }, "Score: ", select));
        const entry = addChart(holder, `Means by ${breakdown.name}`, () => ({
          type: "bar",
          data: {
            labels: breakdown.groups.map((group) => (group.name.length > 24 ? group.name.slice(0, 23) + "…" : group.name)),
            datasets: page.runs.map((run, i) => ({
              label: run.name,
              data: breakdown.groups.map((group) => mean(group, i, chosen)),
              backgroundColor: plain(i),
              pointStyle: "rect",
              maxBarThickness: 48,
              categoryPercentage: 0.6,
              barPercentage: 0.9,
            })),
          },
          options: {
            scales: {
              x: axis(breakdown.name, { grid: { display: false } }),
              y: axis(scores.get(chosen).label, { min: 0, ...(chosen === "LIFT" ? {} : { max: 1 }) }),
            },
            plugins: { tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${format(item.parsed.y, 2)}` } } },
          },
        }));
        select.addEventListener("change", () => {
          chosen = select.value;
          drawChart(entry);
        });
      }
      const rows = breakdown.groups.flatMap((group) => group.cells.map((cell) => [
        group.name,
        { content: runLabel(cell.run) },
        ...keys.map((key) => ({ class: "number", content: mean(group, cell.run, key) === null ? "–" : format(mean(group, cell.run, key), 2) })),
        { class: "number", content: cell.images.toLocaleString("en") },
      ]));
      const head = [capital(breakdown.name), "Run",
        ...keys.map((key) => ({ class: "number", content: capital(scores.get(key).label) })),
        { class: "number", content: "Images" }];
      holder.append(make("details", {}, make("summary", {}, "All numbers"), scrolling(makeTable(head, rows))));
      if (breakdown.left_out) {
        holder.append(make("p", { class: "note" }, `${count(breakdown.left_out, "small group")} not shown.`));
      }
    });
  }

  // ---- gallery

  const gallery = page.gallery;
  const scoreOf = (card, run) => {
    const picture = card.pictures.find((one) => one.run === run);
    return picture && picture.score !== undefined && picture.score !== null ? picture.score : null;
  };

  function showGallery() {
    const ranked = gallery.score ? scores.get(gallery.score).label : null;
    if (!gallery.cards.length) {
      byId("gallery-text").textContent = "There are no images to show.";
      byId("filters").classList.add("hidden");
      return;
    }
    const text = [];
    const order = ranked && !judged ? `, ranked by the ${ranked}` : "";
    if (gallery.cards.length + gallery.left_out === gallery.images) {
      text.push(`All images that were made${order}.`);
    } else if (ranked) {
      text.push(`${judged ? "Right and wrong" : "The best and the worst"} images of each run${order}${
        page.runs.length > 1 ? `, and those that changed most from ${quote(0)}` : ""}.`);
    } else {
      text.push("The first images: no image has a score to choose by.");
    }
    text.push(...describeUnscored());
    const shows = (test) => gallery.cards.some((card) => card.pictures.some(test));
    const asked = shows((picture) => picture.objects.length);
    if (shows((picture) => picture.detections.length || picture.objects.some((object) => object.detected))) {
      text.push(`${asked ? "Solid boxes were asked for, dashed ones" : "Dashed boxes"} were detected by ${gallery.detections}.`);
    } else if (asked) {
      text.push("Boxes were asked for.");
    }
    if (gallery.left_out) {
      text.push(`${count(gallery.left_out, "more image")} left out to keep this page small.`);
    }
    byId("gallery-text").textContent = text.join(" ");
    showWorst(ranked);
    const elements = new Map(gallery.cards.map((card) => [card, makeCard(card)]));
    makeFilters(elements, ranked);
  }

  // Tells how many images are not shown because they have no score, and why.
  function describeUnscored() {
    const { without_boxes: boxless, not_measured: unmeasured } = gallery.unscored;
    const number = boxless + unmeasured;
    if (!number) {
      return [];
    }
    const has = (images) => (images === 1 ? "has" : "have");
    const reasons = [];
    if (boxless) {
      reasons.push(`${boxless.toLocaleString("en")} ${has(boxless)} no boxes`);
    }
    if (unmeasured) {
      reasons.push(`${unmeasured.toLocaleString("en")} ${has(unmeasured)} boxes that were not scored`);
    }
    return [`${count(number, "image")} ${has(number)} no ${SHORT[gallery.score]} and ${number === 1 ? "is" : "are"} not shown: ${reasons.join(", ")}.`];
  }

  function showWorst(ranked) {
    if (!ranked) {
      return;
    }
    const number = (card, run) => (judged ? null : make("span", { class: "value" }, format(scoreOf(card, run), 2)));
    const lists = page.runs.map((run, i) => {
      const worst = gallery.cards.filter((card) => card.worst_of.includes(i))
        .sort((one, other) => scoreOf(one, i) - scoreOf(other, i)).slice(0, 10);
      return worst.length ? make("div", {}, runLabel(i), make("ol", {}, ...worst.map((card) =>
        make("li", {}, link(card.anchor, nameCard(card)), " ", number(card, i))))) : null;
    });
    if (lists.some(Boolean)) {
      byId("worst").append(make("details", {}, make("summary", {}, judged ? "Wrong images of each run" : `Worst images of each run by ${ranked}`),
        make("div", { class: "worst" }, ...lists)));
    }
  }

  const isJudged = (picture) => picture.right === true || picture.right === false;

  const nameCard = (card) => (card.image_index ? `${card.id} #${card.image_index}` : card.id);

  function makeCard(card) {
    const chips = card.groups.map((group) => {
      const runs = group === "best" ? card.best_of : group === "worst" ? card.worst_of : [];
      const names = page.runs.length > 1 && runs.length ? ` of ${runs.map(quote).join(", ")}` : "";
      const change = group === "changed" && !judged ? ` ${signed(card.change, 2)}` : "";
      return make("span", { class: "chip" }, GROUPS[group] + names + change);
    });
    if (card.category) {
      chips.unshift(make("span", { class: "chip", title: "category" }, card.category));
    }
    return make("article", { class: "card", id: card.anchor },
      make("h3", {}, link(card.anchor, nameCard(card)), ...chips),
      make("p", { class: "prompt" }, card.prompt),
      make("div", { class: "pictures" }, ...page.runs.map((run, i) => makePicture(card, i))));
  }

  function makePicture(card, run) {
    const picture = card.pictures.find((one) => one.run === run);
    const score = scoreOf(card, run);
    const caption = make("figcaption", {}, runLabel(run),
      score === null || judged ? null : make("span", {}, `${SHORT[gallery.score]} ${format(score, 2)}`),
      picture && isJudged(picture) ? make("span", {}, picture.right ? "right" : "wrong") : null);
    if (!picture || !picture.jpeg) {
      return make("figure", {}, caption, make("div", { class: "missing" }, picture ? picture.error : "not made yet"));
    }
    const boxes = picture.objects.map((object) => object.label).join(", ");
    const shown = make("div", { class: "picture" },
      make("img", {
        src: "data:image/jpeg;base64," + picture.jpeg, width: picture.width, height: picture.height, loading: "lazy",
        alt: `${quote(run)}: ${card.prompt}${boxes ? `; boxes for ${boxes}` : ""}`,
      }));
    const layer = makeSvg("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    picture.objects.forEach((object, i) => {
      const color = OBJECT_COLORS[i % OBJECT_COLORS.length];
      if (object.heat) {
        const heat = make("div", { class: "heat", own: color, "aria-hidden": "true" });
        heat.style.setProperty("--mask", `url("data:image/png;base64,${object.heat}")`);
        shown.append(heat);
      }
      object.boxes.forEach((box) => drawBox(layer, box, color, "asked"));
      if (object.detected) {
        drawBox(layer, object.detected, color, "detected");
      }
    });
    picture.detections.forEach((detection, i) => drawBox(layer, detection.box, OBJECT_COLORS[i % OBJECT_COLORS.length], "detected"));
    shown.append(layer);
    return make("figure", {}, caption, shown, makeObjects(picture));
  }

  function drawBox(layer, [left, top, right, bottom], color, kind) {
    const place = { x: 100 * left, y: 100 * top, width: 100 * (right - left), height: 100 * (bottom - top) };
    const dash = kind === "detected" ? ";stroke-dasharray:5 4" : "";
    layer.append(makeSvg("g", { class: kind },
      makeSvg("rect", { ...place, style: `stroke:#1a1a1a;stroke-width:${kind === "detected" ? 3 : 4}${dash}` }),
      makeSvg("rect", { ...place, style: `stroke:${color};stroke-width:2${dash}` })));
  }

  function makeObjects(picture) {
    if (!picture.objects.length && !picture.detections.length) {
      return null;
    }
    const known = (value) => value !== null && value !== undefined;
    const items = picture.objects.map((object, i) => {
      const numbers = [];
      if (known(object.iou)) {
        numbers.push(`IoU ${format(object.iou, 2)}`);
      }
      if (known(object.in_box_mass)) {
        numbers.push(`attention ${format(object.in_box_mass, 2)}`);
      }
      return make("li", {},
        make("span", { class: "swatch", own: OBJECT_COLORS[i % OBJECT_COLORS.length] }),
        make("span", {}, object.label || "(no label)"),
        numbers.length ? make("span", { class: "numbers" }, numbers.join(", ")) : null);
    });
    picture.detections.forEach((detection, i) => items.push(make("li", {},
      make("span", { class: "swatch", own: OBJECT_COLORS[i % OBJECT_COLORS.length] }),
      make("span", {}, detection.label || "(no label)"),
      make("span", { class: "numbers" }, `detected, score ${format(detection.confidence, 2)}`))));
    if (picture.more_objects) {
      items.push(make("li", {}, make("span", {}), make("span", {}, `and ${count(picture.more_objects, "more object")}`)));
    }
    return make("ul", { class: "objects" }, ...items);
  }

  function makeFilters(elements, ranked) {
    const form = byId("filters");
    const cards = [...elements.keys()];
    const field = (label, control) => form.appendChild(make("label", {}, label, control)) && control;
    const choice = (id, options) => make("select", { id }, ...options.map(([value, label]) => make("option", { value }, label)));
    const groups = Object.keys(GROUPS).filter((group) => cards.some((card) => card.groups.includes(group)));
    const group = groups.length
      ? field("Group", choice("filter-group", [["", "all images"], ...groups.map((one) => [one, GROUPS[one]])])) : null;
    const categories = [...new Set(cards.map((card) => card.category).filter(Boolean))].sort();
    const category = categories.length
      ? field("Category", choice("filter-category", [["", "all categories"], ...categories.map((one) => [one, one])])) : null;
    let run = null, verdict = null, low = null, high = null;
    if (ranked) {
      run = field(judged ? "Run" : "Score of", choice("filter-run", page.runs.map((one, i) => [String(i), quote(i)])));
      run.value = String(page.runs.length - 1);
      if (cards.some((card) => card.pictures.some(isJudged))) {
        verdict = field("Judged", choice("filter-verdict", [["", "all"], ["right", "right"], ["wrong", "wrong"]]));
      }
    }
    if (ranked && !judged) {
      const bound = (label, id) => make("input", { type: "number", id, min: 0, max: 1, step: 0.05, "aria-label": label });
      low = bound("Lowest " + ranked, "filter-low");
      high = bound("Highest " + ranked, "filter-high");
      form.append(make("label", { for: "filter-low" }, `${capital(ranked)} from, to`, make("span", { class: "pair" }, low, high)));
    }
    const orders = ranked ? [["low", judged ? "wrong first" : "lowest score first"], ["high", judged ? "right first" : "highest score first"],
      ...(page.runs.length > 1 ? [["change", "largest change first"]] : []), ["id", "by id"]] : [["id", "by id"]];
    const order = ranked ? field("Order", choice("filter-order", orders)) : { value: "id" };
    const words = field("Find", make("input", { type: "search", id: "filter-words", placeholder: "id or words" }));
    const ticks = make("fieldset", {}, make("legend", {}, "Show"));
    const tick = (label, name, on) => {
      const box = make("input", { type: "checkbox", id: "show-" + name, checked: on });
      const apply = () => document.body.classList.toggle("no-" + name, !box.checked);
      box.addEventListener("change", apply);
      apply();
      ticks.append(make("label", {}, box, label));
    };
    const has = (test) => cards.some((card) => card.pictures.some((picture) => picture.objects.some(test)));
    if (has((object) => object.boxes.length)) {
      tick("asked-for boxes", "asked", true);
    }
    if (has((object) => object.detected) || cards.some((card) => card.pictures.some((picture) => picture.detections.length))) {
      tick("detected boxes", "detected", true);
    }
    if (has((object) => object.heat)) {
      tick("attention", "heat", false);
    }
    if (ticks.children.length > 1) {
      form.append(ticks);
    }
    form.append(make("button", { type: "reset" }, "Reset"));

    const matches = (card) => {
      const value = run ? scoreOf(card, Number(run.value)) : null;
      const sought = words.value.trim().toLowerCase();
      return (!group || !group.value || card.groups.includes(group.value))
        && (!category || !category.value || card.category === category.value)
        && (!verdict || !verdict.value || card.pictures.some((picture) =>
          picture.run === Number(run.value) && picture.right === (verdict.value === "right")))
        && (!low || low.value === "" || (value !== null && value >= Number(low.value)))
        && (!high || high.value === "" || (value !== null && value <= Number(high.value)))
        && (!sought || card.id.toLowerCase().includes(sought) || card.prompt.toLowerCase().includes(sought));
    };
    const compare = (one, other) => {
      const value = (card, none) => {
        const score = run ? scoreOf(card, Number(run.value)) : null;
        return score === null ? none : score;
      };
      switch (order.value) {
        case "low": return value(one, 9) - value(other, 9);
        case "high": return value(other, -9) - value(one, -9);
        case "change": return Math.abs(other.change || 0) - Math.abs(one.change || 0);
        default: return 0;
      }
    };
    const apply = () => {
      const shown = cards.filter(matches).sort(compare);
      byId("cards").replaceChildren(...shown.map((card) => elements.get(card)));
      byId("count").textContent = `${shown.length} of ${count(cards.length, cards.some((card) => card.image_index) ? "image" : "prompt")}`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => {
      if (run) {
        run.value = String(page.runs.length - 1);
      }
      form.querySelectorAll("input[type=checkbox]").forEach((box) => box.dispatchEvent(new Event("change")));
      apply();
    }));
    apply();

    // A link to an image shows it, whatever the filters are.
    const follow = () => {
      let anchor = location.hash.slice(1);
      try {
        anchor = decodeURIComponent(anchor);
      } catch (e) {
        return;
      }
      const card = cards.find((one) => one.anchor === anchor);
      if (card && !elements.get(card).isConnected) {
        form.reset();
        setTimeout(() => follow(), 20);
        return;
      }
      document.querySelectorAll(".named").forEach((one) => one.classList.remove("named"));
      const target = card ? elements.get(card) : anchor ? byId(anchor) : null;
      if (target) {
        target.classList.toggle("named", Boolean(card));
        target.scrollIntoView();
      }
    };
    window.addEventListener("hashchange", follow);
    setTimeout(follow);
  }

  // ---- definitions

  function showDefinitions() {
    const list = byId("definition-list");
    const isShown = (key) => key === gallery.score || page.histograms.some((histogram) => histogram.score === key)
      || page.breakdowns.some((breakdown) => breakdown.groups.some((group) => group.cells.some((cell) => cell.means[key] !== undefined)));
    page.scores.filter((score) => isShown(score.key)).forEach((score) =>
      list.append(make("dt", { id: scoreAnchor(score.key) }, capital(score.label)), make("dd", {}, score.definition)));
    const seen = new Set();
    page.figures.forEach((table) => table.figures.forEach((figure) => {
      const anchor = figureAnchor(table.benchmark, figure.name);
      if (!seen.has(anchor)) {
        seen.add(anchor);
        list.append(make("dt", { id: anchor }, `${definedName(figure.name)} (${table.benchmark})`),
          make("dd", {}, capital(figure.formula) + ".", make("p", { class: "note" }, `${
            figure.unit === "percent" ? "Unit: percent" : `Range: 0 to ${figure.unit === "fraction" ? 1 : 100}`}. Source: ${figure.source}.`)));
      }
    }));
    if (!list.children.length) {
      byId("definitions").classList.add("hidden");
    }
  }

  showHead();
  showRuns();
  showFigures();
  showHistograms();
  showScatter();
  showBreakdowns();
  showGallery();
  showDefinitions();
  showContents();

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
  const printing = matchMedia("print");
  printing.addEventListener("change", drawCharts);
})();
