/** The worlds that there are to choose, each with its picture. */
import { memo } from "../../../scene/memo";
import type { Shape } from "../../../scene/shape";
import { shownTitle } from "../../../scene/words";
import { PICTURE, type Choice, type PageAccess } from "../../onStage";
import type { WorldInPage } from "../definition";
import { miniTrack } from "../parts/miniTrack";
import type { StoryState, WorldsServer } from "./worlds.svelte";

/** A world in the state that its story shows first. */
const pictureOf = memo((world: WorldInPage): readonly Shape[] => {
  const box = { x: 5, y: 4, width: PICTURE.width - 10, height: PICTURE.height - 8 };
  return miniTrack(`picture.${world.name}`, box, world.picture, 0);
});

/** Every world whose story is there, or can be trained here; `chosen` is the one on stage. */
export function choicesOf(
  page: Pick<PageAccess, "definitions" | "listed" | "choose">,
  server: Pick<WorldsServer, "states" | "train">,
  chosen: WorldInPage | undefined,
): readonly Choice[] {
  return (page.definitions?.worlds ?? []).flatMap((world): Choice[] => {
    const { name, title, story } = world;
    const state = server.states[name];
    const there = page.listed.some((one) => one.name === story) && !isToMake(state);
    if (!there && !state) return [];
    const busy = state?.state === "training" || state?.state === "waiting";
    return [
      {
        id: name,
        recording: story,
        title: shownTitle(title),
        picture: pictureOf(world),
        chosen: world === chosen,
        note: there ? "" : noteOf(state),
        progress: busy ? progressOf(state) : null,
        choose: () => void (there ? page.choose(story) : server.train(name)),
      },
    ];
  });
}

/** Whether it has to be made, or made again. */
function isToMake(state: StoryState | undefined): boolean {
  return state !== undefined && state.state !== "there";
}

function noteOf(state: StoryState | undefined): string {
  switch (state?.state) {
    case "training":
      return "in training";
    case "waiting":
      return "waits its turn";
    case "failed":
      return `failed: ${state.problem ?? "the training ended."} Try again.`;
    default:
      return "trained when chosen";
  }
}

/** How far it has come with what is being done. */
function progressOf({ done, of }: StoryState): number {
  return of > 0 ? done / of : 0;
}
