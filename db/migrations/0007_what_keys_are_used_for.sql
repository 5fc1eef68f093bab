ALTER TABLE "api_key_uses" ADD COLUMN "last_client" text;--> statement-breakpoint
ALTER TABLE "api_key_uses" ADD COLUMN "last_call" text;--> statement-breakpoint
ALTER TABLE "api_key_uses" ADD CONSTRAINT "api_key_uses_client" CHECK (length(last_client) between 1 and 100);