// What a page of the add-in has: the official clients, and one function that reports when each event came.
import Anthropic from "@anthropic-ai/sdk";
import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";
import AnthropicVertex from "@anthropic-ai/vertex-sdk";

const google = (token) => ({
  projectId: "acme-claude",
  getRequestHeaders: async () => new Headers({ authorization: `Bearer ${token}` }),
});

const clients = {
  messages: ({ url, token }) =>
    new Anthropic({ baseURL: url, apiKey: token, dangerouslyAllowBrowser: true, maxRetries: 0 }),
  bearer: ({ url, token }) =>
    new Anthropic({ baseURL: url, apiKey: null, authToken: token, dangerouslyAllowBrowser: true, maxRetries: 0 }),
  bedrock: ({ url, token }) =>
    new AnthropicBedrock({
      baseURL: `${url}/bedrock`, skipAuth: true, awsRegion: "eu-central-1", maxRetries: 0,
      defaultHeaders: { "x-api-key": token }, dangerouslyAllowBrowser: true,
    }),
  vertex: ({ url, token }) =>
    new AnthropicVertex({
      baseURL: `${url}/vertex_ai/v1`, region: "europe-west1", projectId: "acme-claude", maxRetries: 0,
      authClient: google(token), dangerouslyAllowBrowser: true,
    }),
};

const told = (error) => ({
  name: error.constructor.name, status: error.status ?? null, message: String(error.message),
  type: error.error?.error?.type ?? null, requestId: error.requestID ?? error.headers?.get("request-id") ?? null,
  retryAfter: error.headers?.get("retry-after") ?? null,
});

window.ask = async (kind, where, request) => {
  try {
    const client = clients[kind](where);
    if (!request.stream) {
      return { answer: await client.messages.create(request) };
    }
    const events = [];
    const stream = await client.messages.create(request);
    const first = performance.now();
    for await (const event of stream) {
      events.push({ type: event.type, at: performance.now() - first });
      if (where.abortAfter && events.length >= where.abortAfter) {
        stream.controller.abort();
        break;
      }
    }
    return { events };
  } catch (error) {
    return { error: told(error) };
  }
};

window.models = async (where) => {
  const found = [];
  for await (const model of clients.messages(where).models.list()) {
    found.push(model.id);
  }
  return found;
};

window.count = async (where, request) => clients.messages(where).messages.countTokens(request);
