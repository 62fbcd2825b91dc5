select internal.schedule_all();
