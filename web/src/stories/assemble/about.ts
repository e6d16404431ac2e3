/** The story of the kit: assembled step by step, and a bench to build one of one's own. */
import type { LadderRecording } from "../../recording/ladder.gen";
import type { Story } from "../story";
import { fields } from "./view";

/** The scene in which the wires can be plugged in. */
export const BENCH = "bench";

export const about: Story<LadderRecording> = {
  id: "assemble",
  kind: "ladder",
  title: () => "Assemble the kit",
  promise: "A thinking machine is put together, wire by wire.",
  legend: [
    ["agent", "The one block, before there are two"],
    ["planner", "H: the slow module and its state"],
    ["doer", "L: the fast module and its state"],
    ["halting", "Halting: whether to think another segment"],
    ["input", "The puzzle, which the model reads"],
    ["answer", "What it answers"],
    ["right", "Right (underlined, a tick)"],
    ["wrong", "Wrong (a cross)"],
  ],
  fields,
  keys: [{ key: "b", scene: BENCH, what: "To the bench of “Assemble the kit”" }],
  fetchCheck: () => import("./check"),
  nameParts: ({ settings, width, bench }) => [
    "ladder",
    `${width}x${width}`,
    settings.seeds.length === 1 ? "1-seed" : `${settings.seeds.length}-seeds`,
    bench.length ? `bench-${bench.length}` : "",
  ],
  fetchStage: () => import("./state/ladder.svelte"),
};
