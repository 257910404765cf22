import { serve } from "../server";
import { kubernetesPlugin } from "./index";

serve(kubernetesPlugin);
