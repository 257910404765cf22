import { serve } from "../server";
import { commandPlugin } from "./index";

serve(commandPlugin);
