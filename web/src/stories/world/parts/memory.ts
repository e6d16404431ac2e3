/** The memory: a chip for each thing that is remembered, which turns over when it changes. */
import type { WorldTable } from "../../../recording/types.gen";
import { at } from "../../../lib/list";
import { circle, fitted, group, rect, round, text, type Box } from "../../../scene/build";
import { clamp, easeInOut, mix, progress } from "../../../scene/ease";
import { radius } from "../../../scene/layout";
import { memo, memoByValue } from "../../../scene/memo";
import type { Layout } from "../../../scene/scene";
import type { Shape } from "../../../scene/shape";
import { textWidth } from "../../../scene/text";
import { plain } from "../../../scene/words";

/** One thing that is remembered: whether something is so, or which of several it is. */
export interface MemoryProps {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Whether it is one bit, shown as a switch. */
  readonly bit: boolean;
  /** 0: shows `from`. 1: shows `to`. */
  readonly flip: number;
}

const YES = "yes";
const NO = "no";
/** What stands where none of several is remembered. */
const NOTHING = "not known";

/** A thing that is remembered, with the flags that stand for it: 'ball: left' and 'ball: right'. */
interface Remembered {
  readonly name: string;
  readonly flags: readonly { readonly index: number; readonly value: string }[];
}

/** Flags that are called 'NAME: VALUE' with the same name are one thing. */
const rememberedIn = memo(({ memory }: WorldTable): readonly Remembered[] => {
  const found: { name: string; flags: { index: number; value: string }[] }[] = [];
  memory.forEach((flag, index) => {
    const [name = flag, value = ""] = flag.split(": ");
    const before = value ? found.find((one) => one.name === name) : undefined;
    if (before) before.flags.push({ index, value });
    else found.push({ name, flags: [{ index, value }] });
  });
  return found;
});

function valueOf({ flags }: Remembered, now: readonly boolean[]): string {
  const on = flags.find(({ index }) => now[index]);
  if (flags.every(({ value }) => value === "")) return on ? YES : NO;
  return on?.value ?? NOTHING;
}

/** The memory in state `from` and on its way to that of state `to`. */
export function memoryOf(
  table: WorldTable,
  from: number,
  to: number,
  share: number,
): MemoryProps[] {
  return rememberedIn(table).map((one) => ({
    name: one.name,
    from: valueOf(one, at(table.flags, from)),
    to: valueOf(one, at(table.flags, to)),
    bit: one.flags.every(({ value }) => value === ""),
    flip: progress(share, 0.35, 0.9),
  }));
}

export function memoryChips(
  id: string,
  box: Box,
  memory: readonly MemoryProps[],
  layout: Layout,
): Shape[] {
  const size = layout === "wide" ? 13.5 : 12;
  const width = memory.length ? (box.width - 10 * (memory.length - 1)) / memory.length : 0;
  return memory.flatMap((one, i) =>
    memoryChip(`${id}.${i}`, { ...box, x: box.x + i * (width + 10), width }, one, size),
  );
}

/** A chip that turns over when what is remembered changes. */
const memoryChip = memoByValue(drawChip);

function drawChip(id: string, box: Box, memory: MemoryProps, size: number): Shape[] {
  const lit = (value: string): number => (value === NO || value === NOTHING ? 0 : 1);
  const shown = memory.flip < 0.5 ? memory.from : memory.to;
  const on = mix(lit(memory.from), lit(memory.to), easeInOut(clamp(memory.flip)));
  const turning = memory.from !== memory.to && memory.flip > 0 && memory.flip < 1;
  const squash = turning ? Math.abs(Math.cos(Math.PI * memory.flip)) * 0.9 + 0.1 : 1;
  const high = box.height * squash;
  const middle = box.y + box.height / 2;
  const content = memory.bit
    ? bitOf(id, box, memory, shown, on, size)
    : valuePill(id, box, memory, shown, size);
  return [
    group(
      id,
      [
        rect(
          `${id}.chip`,
          { ...box, y: round(middle - high / 2), height: round(high) },
          {
            radius: Math.min(radius.card + 4, high / 2),
            fill: "surface",
            stroke: on > 0.5 ? "gold" : "faint",
            strokeWidth: on > 0.5 ? 2.5 : 1.5,
          },
        ),
        ...(squash > 0.6 ? content : []),
      ],
      {
        label: `Memory, ${plain(memory.name)}: ${shown}`,
        tip: memory.bit
          ? "The memory: one bit that the model reads as part of its input."
          : "The memory: the model reads it as part of its input.",
      },
    ),
  ];
}

/** Whether something is so: yes or no, and a switch. */
function bitOf(
  id: string,
  box: Box,
  memory: MemoryProps,
  shown: string,
  on: number,
  size: number,
): Shape[] {
  const middle = box.y + box.height / 2;
  const knob = { x: box.x + box.width - 52, y: middle - 9, width: 36, height: 18 };
  const base = middle + size * 0.35;
  return [
    fitted(`${id}.name`, plain(memory.name), box.x + 16, base, box.width - 120, size, {
      weight: 600,
    }),
    text(`${id}.value`, shown, knob.x - 10, base, size, {
      anchor: "end",
      weight: 700,
      fill: shown === YES ? "ink" : "muted",
    }),
    rect(`${id}.track`, knob, {
      radius: 9,
      fill: on > 0.5 ? "gold" : "faint",
      stroke: "muted",
      strokeWidth: 1.2,
    }),
    circle(`${id}.knob`, round(knob.x + mix(9, 27, on)), middle, 6.5, {
      fill: "surface",
      stroke: "ink",
      strokeWidth: 1.5,
    }),
  ];
}

/** Which of several it is, in a frame of its own. */
function valuePill(
  id: string,
  box: Box,
  memory: MemoryProps,
  shown: string,
  size: number,
): Shape[] {
  const middle = box.y + box.height / 2;
  const known = shown !== NOTHING;
  const base = middle + size * 0.35;
  const room = box.width * 0.55;
  const wide = Math.min(room, textWidth(plain(shown), size, 700) + size * 1.8);
  const pill = { x: box.x + box.width - wide - 8, y: middle - 11, width: wide, height: 22 };
  return [
    fitted(`${id}.name`, plain(memory.name), box.x + 16, base, box.width - room - 28, size, {
      weight: 600,
    }),
    rect(
      `${id}.pill`,
      { ...pill, x: round(pill.x), width: round(wide) },
      {
        radius: 11,
        fill: "ground",
        stroke: known ? "gold" : "faint",
        strokeWidth: known ? 2 : 1.2,
      },
    ),
    fitted(`${id}.value`, plain(shown), round(pill.x + wide / 2), base, wide - size, size, {
      anchor: "middle",
      weight: 700,
      fill: known ? "ink" : "muted",
    }),
  ];
}
