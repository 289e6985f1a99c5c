// Public clients against the twin: `node ask.js HOW`, with TWIN_URL (https), TENANT, CLIENT and what HOW needs in
// the environment. Prints what was read as one line of JSON; a device code's message goes to stderr.
'use strict';
const fs = require('fs');
const { Client } = require('@microsoft/microsoft-graph-client');
const { TokenCredentialAuthenticationProvider } =
  require('@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials');
const { ClientSecretCredential, ClientCertificateCredential, DeviceCodeCredential } = require('@azure/identity');
const { ConfidentialClientApplication, PublicClientApplication } = require('@azure/msal-node');

const { TWIN_URL: url, TENANT: tenant, CLIENT: client, SECRET: secret, CERTIFICATE: certificate } = process.env;
const scopes = ['https://graph.microsoft.com/.default'];
const host = { authorityHost: url, disableInstanceDiscovery: true };
const msal = { clientId: client, authority: `${url}/${tenant}`, knownAuthorities: [new URL(url).host] };
const say = (info) => process.stderr.write(`${info.message}\n`);

const credentials = {
  secret: () => new ClientSecretCredential(tenant, client, secret, host),
  certificate: () => new ClientCertificateCredential(tenant, client, { certificatePath: certificate }, host),
  device: () => new DeviceCodeCredential({ ...host, tenantId: tenant, clientId: client, userPromptCallback: say }),
};

async function graph(middleware) {
  const api = Client.initWithMiddleware({ ...middleware, baseUrl: url, customHosts: new Set([new URL(url).hostname]) });
  const me = await api.api('/organization').get();
  const users = await api.api('/users').select('id,userPrincipalName').top(2).get();
  let count = users.value.length;
  for (let next = users['@odata.nextLink']; next;) {
    const page = await api.api(next).get();
    count += page.value.length;
    next = page['@odata.nextLink'];
  }
  return { tenant: me.value[0].id, users: count };
}

async function ask(how) {
  if (how in credentials)
    return graph({ authProvider: new TokenCredentialAuthenticationProvider(credentials[how](), { scopes }) });
  if (how === 'msal-secret') {
    const app = new ConfidentialClientApplication({ auth: { ...msal, clientSecret: secret } });
    const answer = await app.acquireTokenByClientCredential({ scopes });
    return graph({ authProvider: { getAccessToken: async () => answer.accessToken } });
  }
  if (how === 'msal-device') {
    const app = new PublicClientApplication({ auth: msal });
    const answer = await app.acquireTokenByDeviceCode({ scopes: ['User.Read.All', 'Organization.Read.All'], deviceCodeCallback: say });
    return { ...await graph({ authProvider: { getAccessToken: async () => answer.accessToken } }),
             name: answer.account.username, tenantOfAccount: answer.account.tenantId };
  }
  throw new Error(`no way to sign in called ${how}`);
}

ask(process.argv[2]).then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`), (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
