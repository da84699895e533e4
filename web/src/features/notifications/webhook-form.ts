/** Whether the api takes it as the name of a webhook. */
export function isWebhookName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name);
}

/** Whether messages could be posted there: a whole http or https address. */
export function isWebhookUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && url.length <= 2048;
}
