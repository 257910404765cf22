export { publishApplications } from "./publish";
