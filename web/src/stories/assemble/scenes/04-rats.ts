/** Step 4: the rats. Something quick and something slow; here, what zL and zH really did. */
import type { LadderRecording, PuzzleThought } from "../../../recording/ladder.gen";
import { circle, faded, fitted, rect, round } from "../../../scene/build";
import { arch, coming, easeInOut, leaving, progress, tween } from "../../../scene/ease";
import { range } from "../../../lib/list";
import { mean, weight } from "../../../scene/numbers";
import type { Caption } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { absent, boardProps, notMeasured, standing } from "../common";
import { meanMove, puzzleIndex, rungOf, thoughtOf, type LadderScene } from "../facts";
import { heat } from "../parts/board";
import { callBars, rhythm } from "../parts/charts";
import { machine, machinePlaces } from "../parts/machine";
import { paragraphs } from "../../../scene/parts/paragraphs";
import { below, credit, creditHeight, panel } from "../parts/panel";
import { rat, rooms } from "../parts/rats";
import { tray } from "../parts/tray";
import { places, sizes } from "../places";
import { inOrder, aside, timeline, type Window } from "../../../scene/timeline";
import { callsDone, playOf } from "../play";
import type { LadderView } from "../view";

const T = timeline({ hello: 4.6, prank: 5, brain: 5.4, calls: 8.6, truth: 6 });
/** When the eye should be on the machine, and when on the panel. */
const MACHINE: readonly Window[] = [[0, T.calls]];
const THANKS =
  "The idea of a slow and a fast half comes from the HRM paper (Wang et al. 2025, arXiv 2506.21734).";

const TALE = [
  "Rats had to learn a rule, and then that the rule depends on the room.",
  "Those who watched their hippocampus, a part of the brain that looks like a seahorse, saw quick activity and slow activity work together.",
  "It is a picture to think with. What follows on this panel is measured, and on our blocks.",
];

function thought(recording: LadderRecording, view: LadderView): PuzzleThought | null {
  const rung = rungOf(recording, 5) ?? rungOf(recording, 6);
  return rung && thoughtOf(rung, puzzleIndex(recording, view));
}

function captions(recording: LadderRecording, view: LadderView): readonly Caption[] {
  const shown = thought(recording, view);
  const list: Caption[] = [
    {
      at: 0,
      text: "A break! Meet the rats. Two rooms, two buckets each, and a treat in one of them.",
    },
    {
      at: T.prank,
      text: "The prank: what was true in one room is swapped in the other. The rat must not mix them up.",
    },
    {
      at: T.brain,
      text: "In its head, some things rush and some take their time, and together they work it out.",
    },
  ];
  if (!shown) return inOrder([...list, { at: T.calls, text: notMeasured(5) }]);
  const [low, high] = [meanMove(shown, "L"), meanMove(shown, "H")];
  const calls = shown.segments.flatMap((one) => one.calls);
  const lows = calls.filter((call) => call.module === "L").length;
  list.push(
    {
      at: T.calls,
      text: "No rat was measured. But quick L and slow H, the two blocks of the next step, were: how far does each move?",
    },
    {
      at: T.truth,
      text: `L's notes (zL) moved ${lows} times, H's (zH) ${calls.length - lows} times, ${high >= low ? "on average further in a move: slow means rarely, not little" : "on average less far in a move"}.`,
    },
  );
  return inOrder(list);
}

function draw(recording: LadderRecording, t: number, view: LadderView): readonly Shape[] {
  const { layout } = view;
  const shown = thought(recording, view);
  const play = shown ? playOf(shown, T.calls + 0.8, 6.6, 1.3) : null;
  const blocks = tween(t, T.calls, T.calls + 0.6);
  return [
    ...tray(layout, []),
    ...faded("story", leaving(blocks), story(t, view)),
    ...faded("blocks", coming(blocks), [
      ...machine({
        ...boardProps(recording, view),
        split: 1,
        power: 1,
        wires: {},
        answer: null,
        boards: 0,
        mood: 0.6,
        ...(play ? { play: { of: play, t, wires: rungWires(recording) } } : {}),
      }),
      ...(shown && play ? states(recording, shown, callsDone(play, t), view) : []),
    ]),
    standing("stage.panel", aside(t, MACHINE), evidence(shown, t, view)),
  ];
}

/** Only which blocks light up is drawn from them: nothing is plugged in here. */
function rungWires(recording: LadderRecording) {
  const rung = rungOf(recording, 5) ?? rungOf(recording, 6) ?? recording.rungs[0];
  if (!rung) throw new RangeError("a recording without rungs");
  return rung.wires;
}

function story(t: number, view: LadderView): Shape[] {
  const { machine: area } = places(view.layout);
  const wide = view.layout === "wide";
  const swap = easeInOut(progress(t, T.prank + 0.8, T.prank + 2));
  const top = { x: area.x + 8, y: area.y + 14, width: area.width - 16, height: wide ? 168 : 112 };
  const walk =
    easeInOut(progress(t, 1, 2.6)) - easeInOut(progress(t, T.prank + 2.4, T.prank + 3.8));
  const at_ = {
    x: area.x + area.width * (0.3 + 0.34 * walk),
    y: area.y + area.height * (wide ? 0.66 : 0.68),
  };
  const brain = tween(t, T.brain - 0.3, T.brain + 0.3);
  return [
    ...rooms(top, swap, sizes[view.layout].small),
    rat("rat", at_, wide ? 1.35 : 0.85, walk > 0.5 ? 1 : -1),
    ...faded("brain", brain, thinking(t, view)),
  ];
}

/** Quick discs and a slow square, as in a head; an idea, not a measurement. */
function thinking(t: number, view: LadderView): Shape[] {
  const { machine: area } = places(view.layout);
  const wide = view.layout === "wide";
  const box = {
    x: area.x + area.width * 0.56,
    y: area.y + area.height * (wide ? 0.52 : 0.54),
    width: area.width * 0.42,
    height: area.height * (wide ? 0.44 : 0.42),
  };
  const size = sizes[view.layout].small;
  const quick = (t * 2.2) % 1;
  const slow = (t * 0.4) % 1;
  const [cx, y1, y2] = [box.x + box.width / 2, box.y + box.height * 0.3, box.y + box.height * 0.72];
  return [
    rect("brain.bubble", box, { radius: 26, fill: "surface", stroke: "faint", strokeWidth: 2 }),
    ...range(4).map((i) =>
      circle(
        `brain.quick${i}`,
        round(cx + (i - 1.5) * 26),
        round(y1 - 7 * arch((quick + i * 0.25) % 1)),
        6,
        {
          fill: "doer",
        },
      ),
    ),
    rect(
      "brain.slow",
      { x: round(cx - 11), y: round(y2 - 16 - 4 * arch(slow)), width: 22, height: 22 },
      { radius: 5, fill: "planner" },
    ),
    fitted("brain.quick.words", "quick, quick, quick", cx, round(y1 + 24), box.width - 20, size, {
      anchor: "middle",
      fill: "doer",
      weight: 600,
    }),
    fitted("brain.slow.words", "sloooowly", cx, round(y2 + 24), box.width - 20, size, {
      anchor: "middle",
      fill: "planner",
      weight: 600,
    }),
  ];
}

/** How far each cell's zL and zH moved at the last call of L and of H. */
function states(
  recording: LadderRecording,
  shown: PuzzleThought,
  done: number,
  view: LadderView,
): Shape[] {
  const { output, low, high } = machinePlaces(view.layout, 1);
  const calls = shown.segments.flatMap((one) => one.calls);
  const most = Math.max(...calls.flatMap((call) => call.change));
  const size = sizes[view.layout].small;
  const side = output.width * (view.layout === "wide" ? 1.1 : 1.05);
  const x = output.x + output.width - side;
  return (["H", "L"] as const).flatMap((module) => {
    const block = module === "H" ? high : low;
    const y = block.y + block.height / 2 - side / 2;
    const last = calls.findLast((call, i) => call.module === module && i + 0.5 <= done);
    const values = last?.change ?? range(recording.width ** 2).map(() => 0);
    const words = last
      ? `z${module} moved by ${weight(mean(last.change))} on average at its last call.`
      : `z${module} has not moved yet.`;
    return [
      heat({
        id: `state.${module}`,
        x: round(x),
        y: round(y),
        size: round(side),
        width: recording.width,
        values,
        most,
        half: module === "H" ? "planner" : "doer",
        label: words,
        tip: `${words} A mark a cell: the larger, the further.`,
      }),
      fitted(
        `state.${module}.name`,
        `z${module}, cell by cell`,
        x + side / 2,
        round(y + side + size * 1.3),
        side + 16,
        size,
        {
          anchor: "middle",
          fill: "muted",
          weight: 600,
        },
      ),
    ];
  });
}

function evidence(shown: PuzzleThought | null, t: number, view: LadderView): Shape[] {
  const { layout } = view;
  const box = below(layout);
  const size = sizes[layout].body;
  if (!shown) {
    return panel(
      layout,
      "Fast and slow",
      absent("absent", box, "No H and L were measured.", layout),
    );
  }
  const play = playOf(shown, T.calls + 0.8, 6.6, 1.3);
  const foot = creditHeight(layout, THANKS);
  const strip = { ...box, height: size * 3 };
  const chart = { ...box, y: box.y + strip.height, height: box.height - strip.height - foot };
  const done = callsDone(play, t);
  const calls = play.steps.map((step) => step.call);
  const tale = 1 - tween(t, T.calls, T.calls + 0.6);
  if (tale > 0.5) {
    return panel(layout, "A tale from the manual", [
      ...paragraphs("tale", box, TALE, size, size * 0.9),
      ...credit(layout, THANKS),
    ]);
  }
  return panel(layout, "How far the states move", [
    ...rhythm({
      id: "calls",
      box: strip,
      calls: calls.map((call) => ({ module: call.module, gradient: false })),
      two: true,
      done,
      marks: 0,
      size,
      tip: "One mark a call: discs are L's, squares are H's.",
    }),
    ...callBars(
      "moves",
      chart,
      calls.map((call, i) => ({
        module: call.module,
        value: mean(call.change),
        tip: `Call ${i + 1}, ${call.module}: its state moved by ${weight(mean(call.change))} (root mean square, mean over the cells).`,
      })),
      done,
      size,
      weight,
    ),
    ...credit(layout, THANKS),
  ]);
}

export const rats: LadderScene = {
  id: "step-04",
  phase: 4,
  title: "Rats, fast and slow",
  duration: () => T.end,
  captions,
  stops: () => [0, T.prank + 2.2, T.brain + 1, T.calls + 3, T.truth + 1],
  draw,
};
