import { ports } from "./paths";

/** Most memory of nginx, MiB. */
export const entryMemoryMiB = 256;

export const nginxFiles = "/etc/nginx/farmstack";

export interface NginxSettings {
  port: number;
  /** Networks that may come in; all others are refused. */
  allow: string[];
  /** What stands behind it, each with a login of its own. */
  to: "kibana" | "elasticsearch";
  /** Of the host. */
  address: string;
  hostName: string;
}

/**
 * nginx.conf: TLS, who may come in, and time for long questions. Who comes in has to log in at what stands behind.
 * https://nginx.org/en/docs/http/ngx_http_proxy_module.html
 */
export const nginxConf = ({
  port,
  allow,
  to,
  address,
  hostName,
}: NginxSettings): string => `user nobody nogroup;
worker_processes 2;
pid /tmp/nginx.pid;
error_log stderr warn;

events {
  worker_connections 1024;
}

http {
  log_format json escape=json '{"@timestamp":"$time_iso8601","http.request.method":"$request_method","url.path":"$uri","http.response.status_code":"$status","http.response.body.bytes":"$body_bytes_sent","client.address":"$remote_addr","seconds":"$request_time"}';
  access_log /dev/stdout json;
  server_tokens off;
  default_type application/octet-stream;
  client_body_temp_path /tmp/client_body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;

  server {
    listen ${address.includes(":") ? `[${address}]` : address}:${port} ssl;
    ssl_certificate ${nginxFiles}/certificate.pem;
    ssl_certificate_key ${nginxFiles}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:5m;

${allow.map((network) => `    allow ${network};\n`).join("")}    deny all;

    client_max_body_size 64m;
    proxy_http_version 1.1;
    proxy_connect_timeout 10s;
    proxy_send_timeout 10m;
    proxy_read_timeout 10m;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;

${to === "kibana" ? kibana : elasticsearch(address, hostName)}  }
}
`;

const kibana = `    location / {
      proxy_pass http://127.0.0.1:${ports.kibana};
    }
`;

/** Only what reads. */
function elasticsearch(address: string, hostName: string): string {
  const pass = `      proxy_pass https://${address.includes(":") ? `[${address}]` : address}:${ports.http};
      proxy_ssl_trusted_certificate ${nginxFiles}/ca.pem;
      proxy_ssl_verify on;
      proxy_ssl_name ${hostName};
      proxy_ssl_session_reuse on;
`;
  return `    location ~ ^(/[^/]+)?/(_search|_msearch|_count|_field_caps)$ {
      limit_except GET POST { deny all; }
${pass}    }
    location / {
      limit_except GET { deny all; }
${pass}    }
`;
}
