/** The Debian mirror that this machine is configured to use, if it is a Debian. */
import execa from "execa";

/**
 * Chooses the mirror from what `apt-get indextargets` lists, one `URI origin label` per line.
 * @returns `undefined` if there is no Debian mirror among them, as on Ubuntu.
 */
export function chooseMirror(targets: string): string | undefined {
  const archives = targets
    .split("\n")
    .map(line => line.trim().split(/\s+/))
    .map(([uri = "", origin = "", label = ""]) => ({ uri: uri.replace(/\/+$/, ""), origin, label }))
    .filter(archive => /^https?:\/\//.test(archive.uri));
  // Origin and label are known once the package lists were fetched; before that the address must do. The security
  // archive has another label.
  const named = archives.find(archive => archive.origin === "Debian" && archive.label === "Debian");
  return (named ?? archives.find(archive => archive.uri.endsWith("/debian")))?.uri;
}

/** This machine's mirror; see {@link chooseMirror}. */
export async function hostMirror(): Promise<string | undefined> {
  const format = ["--format", "$(REPO_URI) $(ORIGIN) $(LABEL)", "Created-By: Packages"];
  const { exitCode, stdout } = await execa("apt-get", ["indextargets", ...format], {
    reject: false,
    timeout: 20_000,
  });
  return exitCode === 0 ? chooseMirror(stdout) : undefined;
}

/** This machine's apt settings for reaching a mirror through a proxy, one option per line. */
export async function hostProxyOptions(): Promise<string> {
  const { exitCode, stdout } = await execa("apt-config", ["dump"], { reject: false, timeout: 20_000 });
  if (exitCode !== 0) return "";
  return stdout
    .split("\n")
    .filter(line => /^Acquire::https?::Proxy\S* "[^"]+";$/i.test(line))
    .map(line => line.replace(/;$/, ""))
    .join("\n");
}
