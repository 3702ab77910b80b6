/**
 * Jest's Node environment, with TypeBox loaded by Node and not by Jest: it is published as ES modules only, which
 * Jest's own module loader does not take under Node 20. `helpers.ts` hands it to the lab's API.
 */
import * as typebox from "@fastify/type-provider-typebox";
import { TestEnvironment } from "jest-environment-node";

export default class LabEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.typeboxOfNode = { ...typebox };
  }
}
