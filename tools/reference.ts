/** `npm run reference` writes docs/reference.md anew. */
import "../broken-pipe";

import { writeFileSync } from "node:fs";
import * as path from "node:path";

import { reference } from "./describe-types";

writeFileSync(path.resolve(__dirname, "../docs/reference.md"), reference());
