import { serve } from "../server";
import { tlsPlugin } from "./index";

serve(tlsPlugin);
