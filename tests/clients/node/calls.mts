/* Calls of the generated TypeScript types; compiled against them, then run. */
import createClient from "openapi-fetch";
import type { paths, webhooks } from "./schema.mjs";

declare const process: { argv: string[]; env: Record<string, string | undefined> };

function check(condition: boolean, what: unknown): asserts condition {
  if (!condition) throw new Error(JSON.stringify(what));
}

const baseUrl = process.argv[2] ?? "";
const images = createClient<paths>({
  baseUrl,
  headers: { "X-API-Key": process.env["IMAGE_KEY"] ?? "" },
});
const image = await images.POST("/partner/v1/image/create", { body: { prompt: "A red shoe" } });
check(image.data?.message === "Success", image);
const url: string = image.data.data.imageUrl;
check(url.startsWith("http"), url);

const refused = await images.POST("/partner/v1/image/create", { body: { prompt: "A" } });
check(refused.error?.code === "prompt_too_short", refused);

const accounts = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${process.env["MANAGEMENT_KEY"]}` },
});
const created = await accounts.POST("/api/v2/third-party/createAccount", {
  body: { email: "omar@novaretail.com", mobileNumber: { value: "9876543211", countryCode: 91 } },
});
check(created.response.status === 201 && created.data !== undefined, created);
const found = await accounts.GET("/api/v2/third-party/getAccount/{accountId}", {
  params: { path: { accountId: created.data.accountId } },
});
check(found.data?.data.email === "omar@novaretail.com", found);

type Live = webhooks["deployment.success"]["post"]["requestBody"]["content"]["application/json"];
const describe = (event: Live): string => `${event.identifier} is at ${event.productionUrl}`;
console.log(describe.length === 1 ? "ok" : "");
