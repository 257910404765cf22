import { serve } from "../server";
import { randomPlugin } from "./index";

serve(randomPlugin);
