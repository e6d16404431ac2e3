/** Long enough? What each rung solves along its training, and which steps are more than luck. */
import type { LadderRecording, Rung } from "../../../recording/ladder.gen";
import { pairedDifference, type Difference } from "../../../lib/paired";
import { circle, fitted, group, line, rect, round, text, type Box } from "../../../scene/build";
import { progress } from "../../../scene/ease";
import { count, mean, percent } from "../../../scene/numbers";
import { words } from "../../../scene/parts/paragraphs";
import type { Caption, Layout } from "../../../scene/scene";
import type { Shape, Tone } from "../../../scene/shape";
import { inOrder, timeline } from "../../../scene/timeline";
import { absent, beside, rungName, type Eye } from "../common";
import {
  comparePair,
  curvesOf,
  exact,
  lastGain,
  neighbours,
  ofSeeds,
  points,
  type Curve,
  type LadderScene,
  type Pair,
} from "../facts";
import { curves, type NamedCurve } from "../parts/curves";
import { below, panel } from "../parts/panel";
import { places, sizes } from "../places";
import type { LadderView } from "../view";

const T = timeline({ draw: 7, late: 5, test: 7, come: 5 });
const EYE: Eye = { machine: [[0, T.test]], panel: [[T.test, T.end]] };
/** A gain that is called one, as a share. */
const LITTLE = 0.03;
const WITHOUT = "Nobody looked while this ladder was trained: it has no curve.";

/** The curves of the steps; those of the bench would hide them. */
function stepsOf(recording: LadderRecording): readonly Curve[] {
  return curvesOf(recording).filter(({ rung }) => rung.step !== null);
}

function captions(recording: LadderRecording): readonly Caption[] {
  const curved = stepsOf(recording);
  const pairs = neighbours(recording);
  return inOrder([
    {
      at: 0,
      text: curved.length
        ? "Was the training long enough? Here is what each step solved of new puzzles on the way."
        : WITHOUT,
    },
    curved.length ? { at: T.late, text: lateWords(curved) } : null,
    {
      at: T.test,
      text:
        recording.settings.seeds.length > 1
          ? `Is a step more than luck? Each is compared with the one before on the same ${recording.settings.seeds.length} seeds.`
          : "Is a step more than luck? With one seed nobody can tell.",
    },
    { at: T.come, text: cameTo(pairs) },
  ]);
}

/** What the last part of the training still brought. */
function lateWords(curved: readonly Curve[]): string {
  const [most] = curved.toSorted((a, b) => lastGain(b) - lastGain(a));
  if (!most || lastGain(most) < 0.005)
    return "Long enough: towards the end no step gains any more.";
  const gained = points(lastGain(most)).slice(1);
  const many = `${gained} ${gained === "1" ? "point" : "points"}`;
  return lastGain(most) < LITTLE
    ? `Long enough: towards the end no step still gains more than ${many} in a hundred.`
    : `Not quite: towards its end step ${most.rung.step ?? ""} still gains most, ${many} in a hundred.`;
}

/** How many steps go up, down, or cannot be told. */
function cameTo(pairs: readonly Pair[]): string {
  const verdicts = pairs.map(comparePair);
  const parts = (["more", "less", "tie"] as const).flatMap((verdict) => {
    const many = verdicts.filter((one) => one === verdict).length;
    if (many === 0) return [];
    const verb = verdict === "tie" ? (many === 1 ? "is" : "are") : many === 1 ? "solves" : "solve";
    return `${many} ${verb} ${SIGNS[verdict]}`;
  });
  const end = parts.length > 1 ? ` and ${parts[parts.length - 1] ?? ""}` : "";
  const begin =
    parts.length > 1 ? parts.slice(0, -1).join(", ") : (parts[0] ?? "none was measured");
  return `Of ${count(pairs.length, "step")} up the ladder ${begin}${end}.`;
}

function draw(recording: LadderRecording, t: number, { layout }: LadderView): readonly Shape[] {
  return beside(t, EYE, chart(recording, t, layout), tests(recording, t, layout));
}

function chart(recording: LadderRecording, t: number, layout: Layout): Shape[] {
  const { machine, tray } = places(layout);
  const area: Box = { ...machine, height: tray.y + tray.height - machine.y };
  const size = sizes[layout];
  const pad = layout === "wide" ? 18 : 10;
  const inner = { x: area.x + pad, width: area.width - 2 * pad };
  const top = area.y + pad + size.title;
  const curved = stepsOf(recording);
  return [
    rect("curve.card", area, { radius: 18, fill: "surface", stroke: "faint", strokeWidth: 1.5 }),
    fitted("curve.title", "New puzzles solved, by compute", inner.x, top, inner.width, size.title, {
      weight: 700,
    }),
    ...(curved.length
      ? curves(
          "curve",
          { ...inner, y: top + size.body, height: area.y + area.height - pad - top - size.body },
          curved.map(named),
          recording.settings.units,
          progress(t, 0.3, T.late - 0.6),
          size.small,
        )
      : absent(
          "absent",
          { ...inner, y: top + size.body * 2, height: area.height / 2 },
          WITHOUT,
          layout,
        )),
  ];
}

function named({ rung, units, shares }: Curve): NamedCurve {
  const tone: Tone = rung.wires.hierarchy ? "planner" : "agent";
  return {
    id: rung.name,
    name: `step ${rung.step ?? ""}`,
    tone,
    ...(rung.wires.segments > 1 ? {} : { dash: [5, 3] }),
    units,
    shares,
  };
}

const SIGNS = { more: "more", less: "fewer", tie: "too close to tell" } as const;
const TONES = { more: "right", less: "wrong", tie: "muted" } as const;

/** A row a step: what it solves more than the one before, and whether that is luck. */
function tests(recording: LadderRecording, t: number, layout: Layout): Shape[] {
  const box = below(layout);
  const size = sizes[layout];
  const pairs = neighbours(recording);
  const head = layout === "wide" ? size.body * 4.4 : size.body * 3.2;
  const high = Math.min((box.height - head) / Math.max(1, pairs.length), size.body * 5);
  return panel(layout, "Step by step", [
    ...words(
      "tests.words",
      box,
      t < T.test
        ? "New puzzles that each step solves once its training is over, in the mean of its seeds."
        : "Puzzles in a hundred that a step solves more than the step before. A line that crosses zero may be luck.",
      size.small,
    ),
    ...pairs.flatMap((pair, i) => {
      const place = { ...box, y: round(box.y + head + i * high), height: high };
      const compared = t >= T.test + i * 0.5 || t >= T.come;
      return compared ? row(pair, place, furthest(pairs), size) : untested(pair[1], place, size);
    }),
  ]);
}

/** A step before it is compared: what it solves. */
function untested(rung: Rung, box: Box, size: { body: number }): Shape[] {
  const share = mean(ofSeeds(rung, exact));
  const base = round(box.y + size.body * 1.2);
  const half = box.width * 0.56;
  const track = {
    x: round(box.x + half),
    y: base - 8,
    width: round(box.width - half - 42),
    height: 8,
  };
  const id = `tests.${rung.name}`;
  const told = `${rungName(rung)} solves ${percent(share)} of the new puzzles.`;
  return [
    group(
      id,
      [
        fitted(`${id}.name`, rungName(rung), box.x, base, half - 6, size.body, { fill: "muted" }),
        rect(`${id}.track`, track, { radius: 4, fill: "faint", opacity: 0.5 }),
        rect(
          `${id}.share`,
          { ...track, width: round(track.width * share) },
          { radius: 4, fill: "muted" },
        ),
        text(`${id}.by`, percent(share), box.x + box.width, base, size.body, {
          anchor: "end",
          fill: "muted",
        }),
      ],
      { label: told, tip: told },
    ),
  ];
}

function differenceOf([before, after]: Pair): Difference {
  return pairedDifference(ofSeeds(before, exact), ofSeeds(after, exact));
}

/** The end of the scale on which all differences are drawn. */
function furthest(pairs: readonly Pair[]): number {
  const ends = pairs.map(differenceOf).flatMap(({ mean, low, high }) => [mean, low, high]);
  return Math.max(0.1, ...ends.filter(Number.isFinite).map(Math.abs));
}

/** A difference on a scale with zero in the middle, and the range in which it is. */
function whisker(id: string, by: Difference, most: number, box: Box, tone: Tone): Shape[] {
  const x = (share: number) => round(box.x + (box.width / 2) * (1 + share / most));
  const y = round(box.y);
  return [
    line(
      `${id}.zero`,
      [
        [x(0), y - 7],
        [x(0), y + 7],
      ],
      "faint",
      1.6,
    ),
    ...(Number.isFinite(by.low)
      ? [
          line(
            `${id}.range`,
            [
              [x(by.low), y],
              [x(by.high), y],
            ],
            tone,
            2,
          ),
        ]
      : []),
    circle(`${id}.mean`, x(by.mean), y, 4, { fill: tone }),
  ];
}

function row(pair: Pair, box: Box, most: number, size: { body: number; small: number }): Shape[] {
  const [before, after] = pair;
  const verdict = comparePair(pair);
  const by = differenceOf(pair);
  const known = Number.isFinite(by.low);
  const range = known ? ` (${points(by.low)} to ${points(by.high)})` : "";
  const id = `tests.${after.name}`;
  const told = `Step ${after.step ?? ""} after step ${before.step ?? ""}: ${points(by.mean)} in a hundred${range}, ${SIGNS[verdict]}.`;
  const two = box.height > size.body * 2.6;
  const base = round(box.y + size.body * 1.2);
  const half = box.width * 0.56;
  return [
    group(
      id,
      [
        fitted(`${id}.name`, rungName(after), box.x, base, half - 6, size.body, { weight: 700 }),
        fitted(
          `${id}.by`,
          `${points(by.mean)}${range}`,
          round(box.x + half),
          base,
          box.width - half,
          size.body,
        ),
        ...(two
          ? [
              fitted(
                `${id}.verdict`,
                SIGNS[verdict],
                box.x,
                round(base + size.body * 1.35),
                half - 6,
                size.small,
                { fill: TONES[verdict], weight: 600 },
              ),
              ...whisker(
                id,
                by,
                most,
                {
                  x: round(box.x + half),
                  y: base + size.body * 1.1,
                  width: box.width - half,
                  height: 0,
                },
                TONES[verdict],
              ),
            ]
          : []),
      ],
      { label: told, tip: told },
    ),
  ];
}

export const longEnough: LadderScene = {
  id: "long-enough",
  phase: 11,
  title: "Long enough?",
  duration: () => T.end,
  captions,
  stops: (recording) => [
    0,
    ...(stepsOf(recording).length ? [T.late + 1] : []),
    T.test + 4,
    T.come + 1,
  ],
  draw,
};
