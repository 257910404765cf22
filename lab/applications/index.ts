export { publishApplications } from "./publish";
export { type ApplicationReferences } from "./images";
