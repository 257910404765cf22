import { type StackState } from "../state";
import { layOut } from "./layout";
import { pictureOf } from "./model";
import { renderSvg } from "./svg";

/** A state as an SVG. `stack` is the name that the picture bears. */
export async function draw(state: StackState, stack = state.stack): Promise<string> {
  return renderSvg(await layOut(pictureOf({ ...state, stack })), `farmstack ${stack}`);
}
