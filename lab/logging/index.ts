export { publishLogging } from "./publish";
