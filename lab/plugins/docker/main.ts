import { serve } from "../server";
import { dockerPlugin } from "./index";

serve(dockerPlugin);
