/**
 * The machine on the table: puzzle in, blocks, wires, answer out.
 *
 * A wire has a share: absent, it is not in the kit yet; 0, it lies in the tray and its sockets are
 * empty; 1, it is plugged in. Current is drawn only in wires that are plugged in, for calls that
 * were recorded.
 */
import type { Wires } from "../../../recording/ladder.gen";
import { circle, faded, fitted, path, rect, round, text, type Box } from "../../../scene/build";
import { clamp, coming, leaving, mix, type Point } from "../../../scene/ease";
import type { Layout } from "../../../scene/scene";
import type { Action, Shape, Tone } from "../../../scene/shape";
import type { Grid } from "../facts";
import { places, sizes } from "../places";
import { stepAt, type Play } from "../play";
import { block } from "./block";
import { board } from "./board";
import { cable, current, lying, onTheWay, socket, type Route } from "./cable";
import { roadLight } from "../../../scene/parts/lights";

export const WIRES = [
  "in",
  "out",
  "loop",
  "recall",
  "lowLoop",
  "highLoop",
  "up",
  "down",
  "outerLow",
  "outerHigh",
] as const;
export type Wire = (typeof WIRES)[number];

export const wireWords: Record<Wire, { name: string; short: string; tip: string; tone: Tone }> = {
  in: {
    name: "input wire",
    short: "input",
    tip: "The input wire: the puzzle goes in.",
    tone: "input",
  },
  out: {
    name: "output wire",
    short: "output",
    tip: "The output wire: the answer comes out.",
    tone: "answer",
  },
  loop: {
    name: "recurrence wire",
    short: "recurrence",
    tip: "Latent recurrence: what comes out of the block goes in again.",
    tone: "agent",
  },
  recall: {
    name: "recall wire",
    short: "recall",
    tip: "Recall: the puzzle goes in again at every call.",
    tone: "input",
  },
  lowLoop: {
    name: "L's own wire",
    short: "L's own",
    tip: "L's recurrence: L goes on from where it was.",
    tone: "doer",
  },
  highLoop: {
    name: "H's own wire",
    short: "H's own",
    tip: "H's recurrence: H goes on from where it was.",
    tone: "planner",
  },
  up: { name: "wire from L to H", short: "L to H", tip: "L hands its work up to H.", tone: "doer" },
  down: {
    name: "wire from H to L",
    short: "H to L",
    tip: "H hands its guidance down to L.",
    tone: "planner",
  },
  outerLow: {
    name: "outer wire of L",
    short: "outer, L",
    tip: "Outer loop: L's end state is where L starts in the next segment.",
    tone: "doer",
  },
  outerHigh: {
    name: "outer wire of H",
    short: "outer, H",
    tip: "Outer loop: H's end state is where H starts in the next segment.",
    tone: "planner",
  },
};

/** Something of the tray that is plugged in during a scene. */
export interface Piece {
  readonly wire: Wire;
  /** Its place in the tray, and how far it is from there to its socket. */
  readonly slot: Point;
  readonly share: number;
  /** To the moment after plugging, and back to the one before. */
  readonly plug: Action;
  readonly unplug: Action;
  /** Its sockets are not there yet: it can only lie in the tray. */
  readonly waiting?: boolean;
}

export interface MachineProps {
  readonly layout: Layout;
  /** 0: one block. 1: L and H. */
  readonly split: number;
  /** Whether both parts are played by the same block. */
  readonly same?: boolean;
  readonly power: number;
  /** Wires that are plugged in already (1), or whose sockets are seen (0). */
  readonly wires: Partial<Record<Wire, number>>;
  readonly pieces?: readonly Piece[];
  readonly width: number;
  readonly box: number;
  readonly given: Grid;
  readonly answer: Grid | null;
  /** With it, the answer's blanks are marked right or wrong. */
  readonly solution?: Grid;
  readonly changed?: readonly number[];
  readonly play?: { readonly of: Play; readonly t: number; readonly wires: Wires };
  readonly mood?: number;
  readonly lost?: boolean;
  readonly light?: {
    readonly share: number;
    readonly stop: boolean;
    readonly lit: number;
    readonly tip: string;
  };
  readonly tag?: number;
  /** Whether input and output boards are on the table yet. */
  readonly boards?: number;
}

export interface MachinePlaces {
  readonly input: Box;
  readonly output: Box;
  readonly one: Box;
  readonly low: Box;
  readonly high: Box;
  readonly light: Point;
  readonly tag: Point;
  readonly routes: Record<Wire, Route>;
}

/** Where the parts of the machine are. */
export function machinePlaces(layout: Layout, split: number): MachinePlaces {
  const { machine: area } = places(layout);
  const wide = layout === "wide";
  const [k, s] = wide ? [1, 120] : [0.66, 78];
  const column = (share: number) => area.x + area.width * share;
  const row = (share: number) => area.y + area.height * share;
  const box = (cx: number, cy: number, width: number, height: number): Box => ({
    x: round(cx - width / 2),
    y: round(cy - height / 2),
    width: round(width),
    height: round(height),
  });
  const middle = row(0.53);
  const one = box(column(0.5), middle, wide ? 176 : 112, wide ? 134 : 88);
  const small = { width: wide ? 150 : 102, height: wide ? 88 : 62 };
  const lowAt = box(column(0.5), row(0.73), small.width, small.height);
  const highAt = box(column(0.5), row(0.29), small.width, small.height);
  const toward = (end: Box): Box => ({
    x: round(mix(one.x, end.x, split)),
    y: round(mix(one.y, end.y, split)),
    width: round(mix(one.width, end.width, split)),
    height: round(mix(one.height, end.height, split)),
  });
  const low = toward(lowAt);
  const high = toward(highAt);
  const side = 0.118;
  const input = box(column(side), mix(middle, row(0.73), split), s, s);
  const output = box(column(1 - side), mix(middle, row(0.29), split), s, s);
  return {
    input,
    output,
    one,
    low,
    high,
    light: { x: round(output.x + s / 2), y: round(output.y - 34 * k - 4) },
    tag: { x: round(input.x + s / 2), y: round(input.y - (wide ? 40 : 34)) },
    routes: routes(low, high, input, output, k),
  };
}

function routes(low: Box, high: Box, input: Box, output: Box, k: number): Record<Wire, Route> {
  const right = (box: Box, share: number) => ({
    x: box.x + box.width,
    y: box.y + box.height * share,
  });
  const left = (box: Box, share: number) => ({ x: box.x, y: box.y + box.height * share });
  const top = (box: Box, share: number) => ({ x: box.x + box.width * share, y: box.y });
  const bottom = (box: Box, share: number) => ({
    x: box.x + box.width * share,
    y: box.y + box.height,
  });
  const by = ({ x, y }: Point, dx: number, dy: number) => ({ x: x + dx * k, y: y + dy * k });
  const straight = (from: Point, to: Point): Route => [
    from,
    { x: mix(from.x, to.x, 0.35), y: from.y },
    { x: mix(from.x, to.x, 0.65), y: to.y },
    to,
  ];
  const vertical = (from: Point, to: Point): Route => [
    from,
    { x: from.x, y: mix(from.y, to.y, 0.35) },
    { x: to.x, y: mix(from.y, to.y, 0.65) },
    to,
  ];
  const recallFrom = { x: input.x + input.width / 2, y: input.y + input.height };
  const recallTo = left(low, 0.8);
  return {
    in: straight(right(input, 0.5), left(low, 0.5)),
    out: straight(right(high, 0.5), left(output, 0.5)),
    loop: [
      right(low, 0.2),
      by(right(low, 0.2), 84, -150),
      by(left(low, 0.2), -84, -150),
      left(low, 0.2),
    ],
    recall: [recallFrom, by(recallFrom, 0, 62), by(recallTo, -60, 56), recallTo],
    lowLoop: [
      right(low, 0.25),
      by(right(low, 0.25), 84, -34),
      by(right(low, 0.78), 84, 34),
      right(low, 0.78),
    ],
    highLoop: [
      left(high, 0.78),
      by(left(high, 0.78), -84, 34),
      by(left(high, 0.25), -84, -34),
      left(high, 0.25),
    ],
    up: vertical(top(low, 0.76), bottom(high, 0.76)),
    down: vertical(bottom(high, 0.24), top(low, 0.24)),
    outerLow: [
      bottom(low, 0.82),
      by(bottom(low, 0.82), 78, 84),
      by(bottom(low, 0.18), -78, 84),
      bottom(low, 0.18),
    ],
    outerHigh: [
      top(high, 0.82),
      by(top(high, 0.82), 78, -100),
      by(top(high, 0.18), -78, -100),
      top(high, 0.18),
    ],
  };
}

/** Which wires a machine of these settings has plugged in. */
export function pluggedIn(wires: Wires): Partial<Record<Wire, number>> {
  const on = (plugged: boolean) => (plugged ? 1 : 0);
  const outer = on(wires.segments > 1);
  return wires.hierarchy
    ? {
        in: 1,
        out: 1,
        lowLoop: on(wires.loop),
        highLoop: on(wires.loop),
        up: 1,
        down: 1,
        recall: on(wires.recall),
        outerLow: outer,
        outerHigh: outer,
      }
    : { in: 1, out: 1, loop: on(wires.loop), recall: on(wires.recall), outerLow: outer };
}

export function machine(props: MachineProps): Shape[] {
  const { layout, split } = props;
  const place = machinePlaces(layout, split);
  const small = layout === "tall";
  const wanted = new Map((props.pieces ?? []).map((piece) => [piece.wire, piece]));
  const seen = WIRES.filter((wire) => props.wires[wire] !== undefined || wanted.has(wire));
  const boards = props.boards ?? 1;
  return [
    ...seen.flatMap((wire) => drawWire(wire, props, place, wanted.get(wire), small)),
    ...blocks(props, place),
    ...faded("machine.boards", boards, ends(props, place)),
    ...seen.flatMap((wire) => sockets(wire, props, place, wanted.get(wire), small)),
    ...(props.tag === undefined ? [] : nameTag("machine.tag", place.tag, props.tag, small)),
    ...(props.light
      ? faded("machine.light", props.light.share, [
          roadLight({
            id: "machine.light.it",
            ...place.light,
            r: small ? 8 : 11,
            stop: props.light.stop,
            lit: props.light.lit,
            tip: props.light.tip,
          }),
        ])
      : []),
    ...flow(props, place, small),
  ];
}

function drawWire(
  wire: Wire,
  props: MachineProps,
  place: MachinePlaces,
  piece: Piece | undefined,
  small: boolean,
): Shape[] {
  const share = piece ? piece.share : (props.wires[wire] ?? 0);
  if (share <= 0 && !piece) return [];
  const { name, tip } = wireWords[wire];
  const tone = toneOf(wire, props);
  const route = place.routes[wire];
  const outer = wire === "outerLow" || wire === "outerHigh";
  const end = route[3];
  return cable({
    id: `wire.${wire}`,
    name: share >= 1 ? `The ${name}, plugged in` : `The ${name}, not plugged in`,
    tone,
    width: round((outer ? 7 : 4.5) * (small ? 0.8 : 1)),
    ...(wire === "recall" ? { dash: [9, 6] } : {}),
    route: share >= 1 || !piece ? route : onTheWay(lying(piece.slot, small), route, share),
    small,
    tip:
      share < 1 && piece && !piece.waiting
        ? `${tip} Drag its plug to the ringed socket, or press Enter.`
        : tip,
    ...(piece && !piece.waiting
      ? share < 0.5
        ? { action: piece.plug, drag: { socket: end, dropped: piece.plug } }
        : { action: piece.unplug }
      : {}),
  });
}

/** L's and H's hues belong to two blocks; where there is one, its wires have its own. */
function toneOf(wire: Wire, { split, same }: MachineProps): Tone {
  const { tone } = wireWords[wire];
  const halves = tone === "doer" || tone === "planner";
  return halves && (same || (split <= 0 && wire === "outerLow")) ? "agent" : tone;
}

function sockets(
  wire: Wire,
  props: MachineProps,
  place: MachinePlaces,
  piece: Piece | undefined,
  small: boolean,
): Shape[] {
  const share = piece ? piece.share : (props.wires[wire] ?? 0);
  if (share >= 1 || piece?.waiting) return [];
  const { name } = wireWords[wire];
  const route = place.routes[wire];
  return [
    ...(share < 0.55 ? [socket(`wire.${wire}.from`, route[0], small, 0, name)] : []),
    socket(`wire.${wire}.to`, route[3], small, piece ? 1 - share : 0, name),
  ];
}

function blocks(props: MachineProps, place: MachinePlaces): Shape[] {
  const { split, power, mood = 0.4, lost = false, same = false } = props;
  const now = props.play ? stepAt(props.play.of, props.play.t) : null;
  const lit = now ? Math.sin(Math.PI * clamp(now.share)) : 0;
  if (split <= 0) {
    return block({
      id: "machine.one",
      box: place.one,
      title: "block",
      tone: "agent",
      soft: "surface",
      power,
      lit: round(lit),
      mood,
      lost,
      tip: "The encoder block: every cell looks at every other, then thinks for itself.",
    });
  }
  const module = now?.step.call.module;
  const half = (which: "L" | "H") =>
    block({
      id: `machine.${which}`,
      box: which === "L" ? place.low : place.high,
      title: which === "L" ? "L, the fast one" : "H, the slow one",
      tone: same ? "agent" : which === "L" ? "doer" : "planner",
      soft: same ? "surface" : which === "L" ? "doer-soft" : "planner-soft",
      power,
      lit: module === which ? round(lit) : 0,
      mood,
      lost,
      slow: which === "H",
      tip:
        which === "L"
          ? "L, the low-level block: it works T times before H works once."
          : "H, the high-level block: it works once for several calls of L, on what L hands up.",
    });
  if (split >= 1) {
    return [
      ...half("H"),
      ...half("L"),
      ...(same
        ? [
            text(
              "machine.same",
              "one and the same block",
              place.low.x + place.low.width / 2,
              round((place.low.y + place.high.y + place.high.height) / 2 + 4),
              sizes[props.layout].small,
              { anchor: "middle", fill: "muted", weight: 600 },
            ),
          ]
        : []),
    ];
  }
  return [
    ...faded("machine.halves", coming(split), [...half("H"), ...half("L")]),
    ...faded(
      "machine.whole",
      leaving(split),
      block({
        id: "machine.one",
        box: place.one,
        title: "block",
        tone: "agent",
        soft: "surface",
        power,
        lit: 0,
        mood,
        lost,
        tip: "The encoder block makes room.",
      }),
    ),
  ];
}

function ends(props: MachineProps, { input, output }: MachinePlaces): Shape[] {
  const { width, box, given, answer, solution, layout } = props;
  const size = sizes[layout].small;
  const blanks = given.filter((token) => token === 0).length;
  const title = (id: string, words: string, board: Box, y: number) =>
    fitted(id, words, board.x + board.width / 2, round(y), board.width, size, {
      anchor: "middle",
      weight: 700,
      fill: "muted",
    });
  return [
    board({
      id: "machine.input",
      x: input.x,
      y: input.y,
      size: input.width,
      width,
      box,
      given,
      tone: "input",
      label: `Input: a puzzle with ${blanks} blanks`,
      tip: `The input block: a puzzle that it never learned from, with ${blanks} blanks, all cells at once.`,
    }),
    board({
      id: "machine.output",
      x: output.x,
      y: output.y,
      size: output.width,
      width,
      box,
      given: answer ? given : given.map(() => 0),
      answer,
      tone: "answer",
      ...(solution && answer ? { solution } : {}),
      ...(props.changed ? { changed: props.changed } : {}),
      label: answer ? "Output: the answer as it is now" : "Output: no answer yet",
      tip: "The output block: every cell is answered at once; underlined is right, crossed out is wrong.",
    }),
    title("machine.input.title", "input", input, input.y - size * 0.6),
    title("machine.output.title", "output", output, output.y + output.height + size * 1.25),
  ];
}

/** The puzzle embedding: a small name tag on the input. */
export function nameTag(id: string, { x, y }: Point, share: number, small: boolean): Shape[] {
  const k = small ? 0.75 : 1;
  return faded(id, share, [
    path(
      `${id}.shape`,
      `M${round(x - 30 * k)} ${round(y)}L${round(x - 18 * k)} ${round(y - 13 * k)}H${round(x + 30 * k)}V${round(y + 13 * k)}H${round(x - 18 * k)}Z`,
      { fill: "gold", stroke: "ink", strokeWidth: 1.8 },
    ),
    circle(`${id}.hole`, round(x - 17 * k), round(y), round(3.2 * k), {
      fill: "ground",
      stroke: "ink",
      strokeWidth: 1.4,
    }),
    rect(
      `${id}.line`,
      { x: round(x - 8 * k), y: round(y - 2 * k), width: round(30 * k), height: round(4 * k) },
      {
        radius: 2,
        fill: "pupil",
        label: "The name tag",
        tip: "The puzzle embedding: a learned row of numbers for each task in each disguise.",
      },
    ),
  ]);
}

/** Drops of current in the wires that the call under way uses. */
function flow(props: MachineProps, place: MachinePlaces, small: boolean): Shape[] {
  if (!props.play) return [];
  const { of: play, t, wires } = props.play;
  const now = stepAt(play, t);
  if (!now) return [];
  const { step, share } = now;
  const fresh = step.order === 0;
  const carried = step.index === 0 && step.segment > 0;
  const arriving: Wire[] = [];
  if (step.call.module === "L") {
    if (fresh) arriving.push("in");
    else if (wires.recall) arriving.push("recall");
    if (wires.hierarchy && !fresh) arriving.push("down");
    if (!fresh && !carried) arriving.push(wires.hierarchy ? "lowLoop" : "loop");
    if (carried) arriving.push("outerLow", "outerHigh");
  } else arriving.push("up", "highLoop");
  const drops = arriving.map((wire) => ({ wire, share: clamp(share / 0.45) }));
  if (step.last) drops.push({ wire: "out", share: clamp((share - 0.6) / 0.36) });
  return drops
    .filter(
      ({ wire }) =>
        (props.wires[wire] ?? 0) >= 1 || props.pieces?.some((p) => p.wire === wire && p.share >= 1),
    )
    .flatMap(({ wire, share: along }) =>
      current(`flow.${wire}`, place.routes[wire], along, toneOf(wire, props), small ? 5 : 7),
    );
}
