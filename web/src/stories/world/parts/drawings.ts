/**
 * The drawn figures: the agent, things and signs, each in a square of 100 x 100 units around (0, 0).
 *
 * They are decoration; whoever places one gives the group its label.
 */
import { circle, path, rect, round, text } from "../../../scene/build";
import { mix } from "../../../scene/ease";
import { memoByValue } from "../../../scene/memo";
import { placed, type Place } from "../../../scene/parts/marks";
import type { Group, Paint, Shape } from "../../../scene/shape";
import { dot, ICONS, SIGNS, stroked } from "./icons";
import type { ThingPose } from "./icons/icon";

export interface AgentPose {
  /** Where it looks: -1 left, 0 at us, 1 right. */
  readonly look?: number;
  /** 0: arms down. 1: one arm up, holding something. */
  readonly hold?: number;
  /** Taller (above 0) or flatter (below 0), as when it hops. */
  readonly stretch?: number;
  /** -1 sad, 1 glad. */
  readonly mood?: number;
  readonly blink?: boolean;
}

/** The agent: a small round fellow with two feet. */
export const agent = memoByValue(drawAgent);

function drawAgent(id: string, place: Place, pose: AgentPose = {}): Group {
  const { look = 0, hold = 0, stretch = 0, mood = 0.3, blink = false } = pose;
  const top = round(-38 - 14 * stretch);
  const wide = round(33 - 7 * stretch);
  const eye = round(6 + look * 7);
  const ink = "ink" as const;
  const hand = { x: round(mix(wide + 3, wide + 9, hold)), y: round(mix(16, -16, hold)) };
  const smile = round(7 * mood);
  return placed(id, place, [
    rect(`${id}.foot1`, { x: -23, y: 34, width: 18, height: 11 }, { radius: 5.5, fill: ink }),
    rect(`${id}.foot2`, { x: 5, y: 34, width: 18, height: 11 }, { radius: 5.5, fill: ink }),
    path(
      `${id}.body`,
      `M${-wide} 18C${-wide} ${top + 12} ${-wide * 0.62} ${top} 0 ${top}` +
        `C${wide * 0.62} ${top} ${wide} ${top + 12} ${wide} 18C${wide} 34 ${wide - 8} 40 ${wide - 16} 40` +
        `L${-wide + 16} 40C${-wide + 8} 40 ${-wide} 34 ${-wide} 18Z`,
      { fill: "agent", stroke: ink, strokeWidth: 3 },
    ),
    path(`${id}.belly`, "M-18 27C-14 33 14 33 18 27", {
      fill: "none",
      stroke: "surface",
      strokeWidth: 3,
      opacity: 0.45,
    }),
    path(`${id}.arm1`, `M${-wide + 2} 12Q${-wide - 9} 18 ${-wide - 5} 26`, {
      fill: "none",
      stroke: ink,
      strokeWidth: 5,
    }),
    path(
      `${id}.arm2`,
      `M${wide - 2} 12Q${wide + 6} ${round(mix(14, 6, hold))} ${hand.x} ${hand.y}`,
      {
        fill: "none",
        stroke: ink,
        strokeWidth: 5,
      },
    ),
    ...eyes(id, eye - 6, look, blink),
    path(
      `${id}.mouth`,
      `M${-7 + eye - 6} ${10 - smile / 2}Q${eye - 6} ${10 + smile} ${7 + eye - 6} ${10 - smile / 2}`,
      { fill: "none", stroke: ink, strokeWidth: 3 },
    ),
  ]);
}

function eyes(id: string, shift: number, look: number, blink: boolean): Shape[] {
  const closed = { fill: "none", stroke: "ink", strokeWidth: 4 } as const;
  return [-13, 13].flatMap((side): Shape[] => {
    const x = round(side + shift);
    const name = `${id}.eye${side < 0 ? 1 : 2}`;
    if (blink) return [path(name, `M${x - 8} -7Q${x} -2 ${x + 8} -7`, closed)];
    return [
      circle(name, x, -8, 9.5, { fill: "eye", stroke: "pupil", strokeWidth: 2 }),
      circle(`${name}.pupil`, round(x + look * 3.5), -7, 4.4, { fill: "pupil" }),
    ];
  });
}

/** An entity without a drawing of its own: a rounded token with its initial. */
function unknown(id: string, place: Place, name: string): Group {
  return placed(id, place, [
    rect(
      `${id}.token`,
      { x: -34, y: -34, width: 68, height: 68 },
      { radius: 20, fill: "input", stroke: "ink", strokeWidth: 3 },
    ),
    text(`${id}.initial`, name.charAt(0).toUpperCase(), 0, 14, 40, {
      anchor: "middle",
      weight: 700,
      fill: "surface",
    }),
  ]);
}

/** A thing by the icon that the world's table names. */
export const thing = memoByValue(
  (id: string, icon: string, name: string, place: Place, pose: ThingPose): Group =>
    ICONS[icon]?.draw(id, place, pose) ?? unknown(id, place, name),
);

/** A flag: the sign of a sub-goal, wherever one is shown. */
export function flag(id: string, place: Place, tone: Paint): Group {
  return placed(id, place, [
    path(`${id}.pole`, "M-22 42L-22 -40", { fill: "none", stroke: tone, strokeWidth: 10 }),
    path(`${id}.cloth`, "M-22 -38L30 -22L-22 -4Z", { fill: tone, stroke: tone, strokeWidth: 6 }),
  ]);
}

/** The sign of an action: an arrow where it moves the agent, else by its name. */
export function actionSign(
  id: string,
  place: Place,
  name: string,
  motion: number,
  tone: Paint,
): Group {
  if (motion !== 0) {
    const tip = 34 * motion;
    return placed(id, place, [
      path(
        `${id}.arrow`,
        `M${-tip} 0L${tip} 0M${tip - 24 * motion} -24L${tip} 0L${tip - 24 * motion} 24`,
        stroked(tone),
      ),
    ]);
  }
  const sign = SIGNS[name.toLowerCase()] ?? dot;
  return placed(id, place, sign(id, tone));
}

/** A snowflake: this half is frozen. */
export function snowflake(id: string, place: Place, tone: Paint): Group {
  const drawn = { fill: "none", stroke: tone, strokeWidth: 9 } as const;
  return placed(id, place, [
    path(
      `${id}.arms`,
      "M0 -42L0 42M-36 -21L36 21M-36 21L36 -21M-12 -36L0 -26L12 -36M-12 36L0 26L12 36",
      drawn,
    ),
  ]);
}
