// What the page needs of Vega: specs come compiled, and its expressions are
// interpreted, so that no policy has to allow eval.
import { View, parse } from "vega";
import { expressionInterpreter } from "vega-interpreter";
globalThis.vega = { View, parse, expressionInterpreter };
