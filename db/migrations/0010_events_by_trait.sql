CREATE INDEX "events_actor" ON "events" USING btree ("actor_id","seq","workspace_id");--> statement-breakpoint
CREATE INDEX "events_type" ON "events" USING btree ("type","seq","workspace_id");--> statement-breakpoint
CREATE INDEX "events_via" ON "events" USING btree ("via","seq","workspace_id");