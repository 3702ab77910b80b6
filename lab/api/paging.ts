/** DigitalOcean's paging: `?page=` from 1 and `?per_page=`, 20 by default and 200 at most; links and a total. */
import { type Static, Type } from "@fastify/type-provider-typebox";

/** The query parameters of every list; spread its properties into a list's own schema. */
export const PageQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});

/** Where the links of a page lead. */
export interface PageLinks {
  first?: string;
  prev?: string;
  next?: string;
  last?: string;
}

/** What a list's answer holds besides the items. */
export interface Page<Item> {
  readonly items: Item[];
  readonly links: { readonly pages?: PageLinks };
  readonly meta: { readonly total: number };
}

/**
 * One page of a list. The provider follows `links.pages.next` until it is absent, and finds out its current page
 * from `prev`, so both must be right.
 * @param url - The request's URL, with the query; the links repeat it with another page.
 * @param base - The scheme and authority, e.g. `http://127.0.0.1:8080`.
 */
export function paginate<Item>(
  all: readonly Item[],
  query: Static<typeof PageQuery>,
  url: string,
  base: string,
): Page<Item> {
  const page = query.page ?? 1;
  const size = query.per_page ?? 20;
  const pages = Math.max(1, Math.ceil(all.length / size));
  const link = (number: number): string => {
    const target = new URL(url, base);
    target.searchParams.set("page", String(number));
    target.searchParams.set("per_page", String(size));
    return target.href;
  };
  const links: PageLinks = {};
  if (page > 1) {
    links.first = link(1);
    links.prev = link(Math.min(page - 1, pages));
  }
  if (page < pages) {
    links.next = link(page + 1);
    links.last = link(pages);
  }
  return {
    items: all.slice((page - 1) * size, page * size),
    links: pages > 1 ? { pages: links } : {},
    meta: { total: all.length },
  };
}
