import type { WantedNode } from "./roster";

/**
 * What the program asks for and a running droplet is not given, as a sentence about it; `undefined` when it is as
 * asked. Replacing or rebooting nodes is the user's decision, made by changing `revision`.
 */
export function ignoredEdits(
  running: { readonly size: string; readonly image: string },
  wanted: Pick<WantedNode, "size" | "image">,
): string | undefined {
  const edits = (["size", "image"] as const)
    .filter(key => running[key] !== wanted[key])
    .map(key => `${key} ${running[key]}, not ${wanted[key]}`);
  if (edits.length === 0) return undefined;
  return `keeps ${edits.join(" and ")}: running nodes are not replaced by an edit. Change its \`revision\` to replace it`;
}
