/** `/v2/actions`: every action by its id, whatever it is done to. */
import { Type } from "@fastify/type-provider-typebox";

import { type App, baseOf, type Context } from "../context";
import { notFound } from "../errors";
import { PageQuery, paginate } from "../paging";
import { actionShape } from "../shapes";

/** All actions, newest first. */
export function actionRoutes(app: App, { store }: Context): void {
  app.get("/v2/actions", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(
      store.actions.all().reverse(),
      request.query,
      request.url,
      baseOf(request),
    );
    return { actions: items.map(actionShape), links, meta };
  });

  app.get("/v2/actions/:id", { schema: { params: Type.Object({ id: Type.Integer() }) } }, request => {
    const action = store.actions.get(request.params.id);
    if (action === undefined) throw notFound();
    return { action: actionShape(action) };
  });
}
