/** The model: the Planner above, the Doer below, the wire between them, and the memory chip. */
import type { ModelCard } from "../../../recording/types.gen";
import {
  circle,
  faded,
  fitted,
  group,
  line,
  path,
  rect,
  round,
  text,
  type Box,
} from "../../../scene/build";
import { bow, clamp, easeInOut, mix, type Point } from "../../../scene/ease";
import { memoByValue } from "../../../scene/memo";
import { percent } from "../../../scene/numbers";
import type { Layout } from "../../../scene/scene";
import type { Paint, Shape, Tone } from "../../../scene/shape";
import { radius } from "../../../scene/layout";
import { bar } from "./gauges";
import { roadLight } from "../../../scene/parts/lights";
import { tick } from "../../../scene/parts/marks";
import { snowflake } from "./drawings";
import { memoryChips, type MemoryProps } from "./memory";
import { subgoalCard } from "./tokens";

/** One choice of a head: a sub-goal or an action. */
export interface Choice {
  readonly name: string;
  readonly share: number;
}

export interface ModuleProps {
  readonly title: string;
  readonly note: string;
  readonly half: "planner" | "doer";
  /** How awake it is, 0 to 1; a sleeping half is dimmed. */
  readonly awake: number;
  readonly choices: readonly Choice[];
  /** The choice it makes; -1 while it has not. */
  readonly chosen: number;
  /** How far the bars have grown, 0 to 1. */
  readonly grown: number;
  /** Calls of this half in a segment, and how many are done. */
  readonly calls: number;
  readonly done: number;
  /** The label of an example, marked beside the bars. */
  readonly label?: number;
  /** Size of its blame, 0 to 1. */
  readonly blame?: number;
  readonly frozen?: boolean;
  readonly tip: string;
}

export interface HierarchyProps {
  readonly id: string;
  readonly box: Box;
  readonly layout: Layout;
  readonly model: ModelCard;
  readonly planner: ModuleProps;
  readonly doer: ModuleProps;
  /** The sub-goal card on its way: 0 at the Planner, 1 at the Doer. */
  readonly card?: CardProps;
  readonly memory: readonly MemoryProps[];
  /** How lit each half is; fully, where nothing is given. */
  readonly lit?: Readonly<Record<"planner" | "doer", number>>;
  readonly halting?: {
    readonly stop: boolean;
    readonly lit: number;
    /** How sure it is to be done, beside the light while that is lit. */
    readonly sure: string;
    readonly tip: string;
  };
}

export interface CardProps {
  readonly words: string;
  readonly share: number;
  readonly opacity: number;
  /** Where it comes from, when not from the Planner. */
  readonly from?: Point;
  readonly tip?: string;
}

export interface HierarchyPlaces {
  readonly planner: Box;
  readonly doer: Box;
  readonly channel: Box;
  readonly memory: Box;
}

/** Where its parts are; scenes use it to send tokens out of the Doer. */
export function hierarchyPlaces(box: Box, layout: Layout): HierarchyPlaces {
  const chip = layout === "wide" ? 34 : 28;
  const gap = layout === "wide" ? 62 : 44;
  const below = layout === "wide" ? 16 : 8;
  const rest = box.height - gap - chip - below;
  const plannerHeight = rest * (layout === "wide" ? 0.455 : 0.46);
  const planner = { ...box, height: plannerHeight };
  const channel = { ...box, y: box.y + plannerHeight, height: gap };
  const doer = { ...box, y: channel.y + gap, height: rest - plannerHeight };
  const memory = { ...box, y: doer.y + doer.height + below, height: chip };
  return { planner, doer, channel, memory };
}

const FULLY = { planner: 1, doer: 1 };

export function hierarchyPanel(props: HierarchyProps): Shape[] {
  const { id, box, layout, model, lit = FULLY } = props;
  const places = hierarchyPlaces(box, layout);
  return [
    ...(model.subgoal_head ? channel(props, places.channel) : []),
    ...faded(
      `${id}.lit.planner`,
      lit.planner,
      model.subgoal_head
        ? moduleBox(`${id}.planner`, places.planner, layout, props.planner, props.halting)
        : absent(`${id}.planner`, places.planner, "No Planner", "This model names no sub-goals."),
    ),
    ...faded(
      `${id}.lit.doer`,
      lit.doer,
      moduleBox(
        `${id}.doer`,
        places.doer,
        layout,
        props.doer,
        model.subgoal_head ? undefined : props.halting,
      ),
    ),
    ...memoryChips(`${id}.memory`, places.memory, props.memory, layout),
    ...card(props, places.channel),
  ];
}

function absent(id: string, box: Box, title: string, why: string): Shape[] {
  return [
    group(
      id,
      [
        rect(`${id}.box`, box, {
          radius: radius.panel,
          fill: "none",
          stroke: "muted",
          strokeWidth: 1.5,
          dash: [5, 6],
        }),
        text(`${id}.title`, title, box.x + box.width / 2, box.y + box.height / 2 - 2, 15, {
          anchor: "middle",
          weight: 700,
          fill: "muted",
        }),
        fitted(
          `${id}.why`,
          why,
          box.x + box.width / 2,
          box.y + box.height / 2 + 17,
          box.width - 24,
          12,
          { anchor: "middle", fill: "muted" },
        ),
      ],
      { label: `${title}. ${why}` },
    ),
  ];
}

const TONES: Record<"planner" | "doer", { main: Tone; soft: Tone; blame: Tone }> = {
  planner: { main: "planner", soft: "planner-soft", blame: "blame-planner" },
  doer: { main: "doer", soft: "doer-soft", blame: "blame-doer" },
};

/** A half of the model: a rounded box with a title, lamps for its calls, and bars for its head. */
export const moduleBox = memoByValue(drawModule);

function drawModule(
  id: string,
  box: Box,
  layout: Layout,
  props: ModuleProps,
  halting?: HierarchyProps["halting"],
): Shape[] {
  const tones = TONES[props.half];
  const pad = layout === "wide" ? 16 : 11;
  const titleSize = layout === "wide" ? 18 : 15;
  const dim = mix(0.6, 1, props.awake);
  const head = box.y + pad + titleSize * 0.8;
  const content = [
    text(`${id}.title`, props.title, box.x + pad, head, titleSize, {
      weight: 700,
      fill: tones.main,
    }),
    text(
      `${id}.note`,
      props.note,
      box.x + pad + titleWidth(props.title, titleSize),
      head,
      layout === "wide" ? 12 : 11,
      { fill: "muted" },
    ),
    ...lamps(
      `${id}.lamps`,
      box.x + box.width - pad,
      head - titleSize * 0.32,
      props,
      halting ? 80 : 0,
    ),
    ...choices(`${id}.choices`, choiceBox(box, layout), props, layout, tones.main, tones.soft),
    ...(halting
      ? [
          roadLight({
            id: `${id}.halting`,
            x: box.x + box.width - pad - 15,
            y: head - titleSize * 0.32,
            r: 6,
            ...halting,
          }),
          ...faded(`${id}.sure`, halting.lit, [
            text(`${id}.sure.words`, halting.sure, box.x + box.width - pad - 36, head - 1, 12.5, {
              anchor: "end",
              weight: 700,
            }),
          ]),
        ]
      : []),
    ...(props.frozen
      ? [
          snowflake(
            `${id}.frozen`,
            {
              x: box.x + box.width - pad - 22 - (halting ? 128 : 66),
              y: head - 6,
              size: 18,
              label: "frozen",
              tip: "Frozen: this half may not learn.",
            },
            "muted",
          ),
        ]
      : []),
  ];
  return [
    ...blameGlow(`${id}.blame`, box, props.blame ?? 0, tones.blame),
    group(
      `${id}.frame`,
      [
        rect(`${id}.box`, box, {
          radius: radius.panel,
          fill: "surface",
          stroke: tones.main,
          strokeWidth: round(1.5 + 1.5 * props.awake),
        }),
      ],
      { label: `${props.title}, ${props.note}`, tip: props.tip },
    ),
    group(`${id}.content`, content, dim < 1 ? { opacity: round(dim, 3) } : {}),
  ];
}

function titleWidth(title: string, size: number): number {
  return title.length * size * 0.56 + 14;
}

function choiceBox(box: Box, layout: Layout): Box {
  const pad = layout === "wide" ? 16 : 11;
  const head = layout === "wide" ? 40 : 30;
  return {
    x: box.x + pad,
    y: box.y + head,
    width: box.width - 2 * pad,
    height: box.height - head - pad * 0.6,
  };
}

/** One lamp a call, lit when the call is done: the rhythm of fast and slow. */
function lamps(id: string, right: number, y: number, props: ModuleProps, shift: number): Shape[] {
  const step = 13;
  const tones = TONES[props.half];
  const first = right - shift - (props.calls - 1) * step - 5;
  return [
    group(
      id,
      Array.from({ length: props.calls }, (_, i) =>
        form(
          `${id}.${i}`,
          props.half,
          first + i * step,
          y,
          4.4,
          i < props.done ? tones.main : "faint",
        ),
      ),
      {
        label: `${props.done} of ${props.calls} calls`,
        tip: `${props.title}: one lamp for each time that it thinks before it answers.`,
      },
    ),
  ];
}

/** The form of a half wherever a call is shown: H is a square, L a disc. */
export function form(
  id: string,
  half: "planner" | "doer",
  x: number,
  y: number,
  r: number,
  fill: Paint,
): Shape {
  return half === "planner"
    ? rect(
        id,
        { x: round(x - r), y: round(y - r), width: round(2 * r), height: round(2 * r) },
        { radius: r * 0.45, fill },
      )
    : circle(id, round(x), round(y), r, { fill });
}

function choices(
  id: string,
  box: Box,
  props: ModuleProps,
  layout: Layout,
  tone: Tone,
  soft: Tone,
): Shape[] {
  const count = props.choices.length;
  const step = Math.min(box.height / count, layout === "wide" ? 32 : 24);
  const size = Math.max(11, Math.min(layout === "wide" ? 13.5 : 12, step * 0.62));
  const nameWidth = box.width * 0.4;
  return props.choices.flatMap((choice, i) => {
    const y = box.y + i * step + (box.height - step * count) / 2;
    const middle = y + step / 2;
    const isChosen = i === props.chosen;
    const track = {
      x: box.x + nameWidth + 14,
      y: middle - 5,
      width: box.width - nameWidth - 26,
      height: 10,
    };
    return [
      ...(isChosen
        ? [
            rect(
              `${id}.${i}.chosen`,
              { x: box.x - 6, y: y + 1.5, width: box.width + 12, height: step - 3 },
              { radius: 8, fill: soft, stroke: tone, strokeWidth: 1.5 },
            ),
          ]
        : []),
      fitted(`${id}.${i}.name`, choice.name, box.x + 3, middle + size * 0.35, nameWidth, size, {
        weight: isChosen ? 700 : 400,
        fill: "ink",
      }),
      bar({
        id: `${id}.${i}.bar`,
        box: track,
        share: choice.share * props.grown,
        tone,
        label: `${choice.name}: ${percent(choice.share)}`,
        tip: `${props.title} gives ${choice.name} ${percent(choice.share)}.`,
      }),
      ...(props.label === i
        ? [
            tick(`${id}.${i}.label`, {
              x: round(track.x + track.width + 3),
              y: round(middle),
              size: Math.min(20, step * 0.8),
              label: "The example's label",
              tip: `The example says: ${choice.name}.`,
            }),
          ]
        : []),
    ];
  });
}

/** A soft halo in the colour of blame; its width is the size of the blame. */
export function blameGlow(id: string, box: Box, blame: number, tone: Tone): Shape[] {
  const size = clamp(blame);
  if (size <= 0.01) return [];
  const rings = [14, 9, 4.5];
  return rings.map((wide, i) => {
    const by = wide * mix(0.35, 1, size);
    return rect(
      `${id}.${i}`,
      { x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by },
      {
        radius: radius.panel + by,
        fill: tone,
        opacity: round((0.2 + 0.2 * i) * mix(0.5, 1, size), 3),
      },
    );
  });
}

function channel(props: HierarchyProps, box: Box): Shape[] {
  const { id, model } = props;
  const x = box.x + box.width / 2;
  const plugged = model.subgoal_channel;
  const on = props.card ? props.card.opacity : 0;
  return [
    group(
      `${id}.channel`,
      [
        line(
          `${id}.wire`,
          [
            [x, box.y + 4],
            [x, box.y + box.height - 9],
          ],
          plugged ? "planner" : "muted",
          plugged ? 3 : 2,
          {
            ...(plugged ? {} : { dash: [3, 6] }),
            opacity: plugged ? round(mix(0.35, 1, on), 3) : 1,
          },
        ),
        path(
          `${id}.head`,
          `M${x - 7} ${box.y + box.height - 13}L${x} ${box.y + box.height - 4}L${x + 7} ${box.y + box.height - 13}`,
          {
            fill: "none",
            stroke: plugged ? "planner" : "muted",
            strokeWidth: plugged ? 3 : 2,
            opacity: plugged ? round(mix(0.35, 1, on), 3) : 1,
          },
        ),
        ...(plugged
          ? []
          : [
              line(
                `${id}.cut`,
                [
                  [x - 9, box.y + box.height / 2 + 7],
                  [x + 9, box.y + box.height / 2 - 7],
                ],
                "wrong",
                3,
              ),
            ]),
      ],
      {
        label: plugged ? "The wire on which sub-goals go down" : "No wire between the two",
        tip: plugged
          ? "The sub-goal channel: the Doer is told the sub-goal."
          : "Without this wire the Doer is never told the sub-goal.",
      },
    ),
  ];
}

function card(props: HierarchyProps, box: Box): Shape[] {
  if (!props.card || !props.model.subgoal_head) return [];
  const { words, share, opacity, from: origin } = props.card;
  const size = props.layout === "wide" ? 14 : 12;
  const from = box.y + size;
  const to = box.y + box.height - size * 1.1;
  const way = easeInOut(clamp(share));
  const end: Point = { x: box.x + box.width / 2, y: to };
  const point: Point = origin
    ? bow(origin, end, way, 0)
    : { x: end.x, y: mix(from, props.model.subgoal_channel ? to : from, way) };
  return faded(`${props.id}.card`, opacity, [
    subgoalCard(`${props.id}.card.it`, words, point, {
      size,
      tip: props.card.tip ?? `The sub-goal: ${words}.`,
    }),
  ]);
}
