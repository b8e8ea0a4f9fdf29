// The page that the observed program serves: it has the document for itself.
import { wireSource } from "../wire-source.ts";
import { view } from "./view.tsx";

const element = document.querySelector("#observer");
if (element) view(element, wireSource(document.URL), true);
