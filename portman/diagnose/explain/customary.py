"""What usually runs on a number in development, whatever IANA registered it for.

From the default settings in each program's own documentation; not exhaustive, and never a claim
about what is there now.
"""

from __future__ import annotations

CUSTOMARY: dict[int, str] = {
    1025: "MailHog and Mailpit (SMTP)",
    1313: "Hugo",
    1420: "Tauri",
    1433: "Microsoft SQL Server",
    1883: "MQTT brokers (Mosquitto)",
    2375: "the Docker engine without TLS: whoever reaches it is root on this machine",
    2376: "the Docker engine with TLS",
    3000: "Node, Next.js, Rails and Grafana",
    3001: "a second Node server",
    3306: "MySQL and MariaDB",
    4000: "Phoenix, Jekyll and GraphQL servers",
    4200: "Angular",
    4222: "NATS",
    4321: "Astro",
    5000: "Flask and container registries; on a Mac, AirPlay",
    5005: "the Java debugger (JDWP)",
    5173: "Vite",
    5432: "PostgreSQL",
    5555: "Android's adb, Celery Flower and Prisma Studio",
    5601: "Kibana",
    5672: "RabbitMQ",
    6006: "Storybook and TensorBoard",
    6379: "Redis and Valkey",
    6443: "the Kubernetes API",
    7000: "Cassandra between its nodes; on a Mac, AirPlay",
    7860: "Gradio",
    8000: "Django, FastAPI/uvicorn and python -m http.server",
    8025: "MailHog and Mailpit (web)",
    8080: "Tomcat, Spring Boot, Jenkins and many a development server",
    8081: "Metro (React Native)",
    8086: "InfluxDB",
    8088: "many a second web server",
    8443: "HTTPS in development",
    8501: "Streamlit",
    8787: "Wrangler (Cloudflare Workers) and RStudio",
    8888: "Jupyter",
    9000: "PHP-FPM, MinIO, SonarQube and Portainer",
    9042: "Cassandra clients",
    9090: "Prometheus",
    9092: "Kafka",
    9200: "Elasticsearch and OpenSearch",
    9229: "the Node debugger",
    9418: "git daemon",
    10000: "Webmin and Azurite",
    11211: "memcached",
    11434: "Ollama",
    15672: "RabbitMQ (web)",
    19006: "Expo (web)",
    24678: "Vite's hot reload in old versions",
    27017: "MongoDB",
    50051: "gRPC examples",
    54321: "the Supabase CLI (API)",
    54322: "the Supabase CLI (database)",
    54323: "the Supabase CLI (Studio)",
}


def customary(port: int) -> str:
    """Return what usually runs on `port` in development, "" where there is no custom."""
    return CUSTOMARY.get(port, "")
