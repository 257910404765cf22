export { HarborContents, type HarborContentsArgs } from "./contents";
export {
  HarborImmutableTags,
  HarborProject,
  HarborReplication,
  HarborRetention,
  HarborRobot,
  HarborSchedule,
  HarborUpstream,
} from "./resources";
