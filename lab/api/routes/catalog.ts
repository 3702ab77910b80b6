/** `/v2/regions`, `/v2/sizes` and `/v2/images`. */
import { Type } from "@fastify/type-provider-typebox";

import { findImage, IMAGES, REGIONS, SIZES } from "../catalog";
import { type App, baseOf } from "../context";
import { notFound } from "../errors";
import { PageQuery, paginate } from "../paging";

/** What there is to choose from. */
export function catalogRoutes(app: App): void {
  app.get("/v2/regions", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(REGIONS, request.query, request.url, baseOf(request));
    return { regions: items, links, meta };
  });

  app.get("/v2/sizes", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(SIZES, request.query, request.url, baseOf(request));
    return { sizes: items, links, meta };
  });

  const ImagesQuery = Type.Object({
    ...PageQuery.properties,
    type: Type.Optional(Type.String()),
    private: Type.Optional(Type.Boolean()),
    tag_name: Type.Optional(Type.String()),
  });
  app.get("/v2/images", { schema: { querystring: ImagesQuery } }, request => {
    const { type, private: own, tag_name } = request.query;
    // None has a tag, and what is public is a distribution.
    const chosen = IMAGES.filter(
      image =>
        tag_name === undefined &&
        (own !== true || !image.public) &&
        (type === undefined || (type === "distribution" && image.public)),
    );
    const { items, links, meta } = paginate(chosen, request.query, request.url, baseOf(request));
    return { images: items, links, meta };
  });

  app.get("/v2/images/:key", { schema: { params: Type.Object({ key: Type.String() }) } }, request => {
    const image = findImage(request.params.key);
    if (image === undefined) throw notFound();
    return { image };
  });
}
