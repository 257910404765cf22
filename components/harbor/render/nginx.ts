import { metricsPath, metricsPort } from "../services";

export interface ProxySettings {
  /** The one name that clients know. */
  hostname: string;
  /** URL that clients use, without a slash at the end. */
  url: string;
  metrics: boolean;
}

/** What both of Harbor's nginx write nowhere but here: their file systems are an image's. */
const temporaryPaths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
  .map((kind) => `  ${kind}_temp_path /tmp/${kind}_temp;`)
  .join("\n");

/** A path that goes to a part, as a stream in both directions: layers are of any size. */
const location = (path: string, backend: string, ...more: string[]): string => `    location ${path} {
      proxy_pass http://${backend}${path};
      proxy_set_header Host $http_host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
      proxy_buffering off;
      proxy_request_buffering off;
${more.map((line) => `      ${line};\n`).join("")}    }`;

const secureCookies = 'proxy_cookie_path / "/; Secure"';
const patience = ["proxy_send_timeout 900", "proxy_read_timeout 900"];

/** nginx.conf of the proxy, the one part that hosts and clients reach. */
export const renderProxyConf = ({ hostname, url, metrics }: ProxySettings): string => `worker_processes auto;
pid /tmp/nginx.pid;

events {
  worker_connections 3096;
  use epoll;
  multi_accept on;
}

http {
${temporaryPaths}
  tcp_nodelay on;
  proxy_http_version 1.1; # or a request is kept until all of it is there
  server_tokens off;

  log_format timed '$remote_addr - "$request" $status $body_bytes_sent "$http_user_agent" $request_time $upstream_response_time';
  access_log /dev/stdout timed;

  upstream core {
    server core:8080;
  }
  upstream portal {
    server portal:8080;
  }

  ssl_certificate /etc/cert/server.crt;
  ssl_certificate_key /etc/cert/server.key;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL;
  ssl_prefer_server_ciphers on;
  ssl_session_cache shared:SSL:10m;

  # Tokens are for the one name; by another a client would get far enough to fail in a way that nobody understands.
  server {
    listen 8443 ssl default_server;
    default_type text/plain;
    return 421 "this is ${url}; ask for it by that name\\n";
  }

  server {
    listen 8443 ssl;
    server_name ${hostname};
    client_max_body_size 0; # layers are of any size
    chunked_transfer_encoding on;

    add_header Strict-Transport-Security "max-age=31536000";
    add_header X-Frame-Options DENY;
    add_header Content-Security-Policy "frame-ancestors 'none'";

${location("/", "portal", 'proxy_cookie_path / "/; HttpOnly; Secure"')}

${location("/c/", "core", secureCookies)}

${location("/api/", "core", secureCookies)}

${location("/v2/", "core", ...patience)}

${location("/service/", "core", secureCookies)}

    location /v1/ {
      return 404;
    }

    location /service/notifications {
      return 404; # between parts of Harbor alone
    }
  }

  server {
    listen 8080;
    return 308 ${url}$request_uri;
  }
${metrics ? metricsServer : ""}}
`;

const metricsServer = `
  server {
    listen ${metricsPort};
    location = ${metricsPath} {
      if ($arg_comp = core) { proxy_pass http://core:${metricsPort}; }
      if ($arg_comp = jobservice) { proxy_pass http://jobservice:${metricsPort}; }
      if ($arg_comp = registry) { proxy_pass http://registry:${metricsPort}; }
      proxy_pass http://exporter:8080;
    }
    location / {
      return 404;
    }
  }
`;

/** nginx.conf of the portal: the files of the page. */
export const renderPortalConf = (): string => `worker_processes auto;
pid /tmp/nginx.pid;

events {
  worker_connections 1024;
}

http {
${temporaryPaths}
  include /etc/nginx/mime.types;
  access_log /dev/stdout;
  server_tokens off;

  server {
    listen 8080;
    server_name localhost;
    root /usr/share/nginx/html;
    index index.html;

    gzip on;
    gzip_min_length 1000;
    gzip_proxied expired no-cache no-store private auth;
    gzip_types text/plain text/css application/json application/javascript text/xml application/xml text/javascript;

    location /devcenter-api-2.0 {
      try_files $uri $uri/ /swagger-ui-index.html;
    }

    location / {
      try_files $uri $uri/ /index.html;
    }

    location = /index.html {
      add_header Cache-Control "no-store, no-cache, must-revalidate"; # it names the files of one version
    }
  }
}
`;
