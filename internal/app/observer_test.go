package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"partwork/internal/app"
	"partwork/internal/config"
)

// TestLookingChangesNothing compares the database's file before and after.
func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	w := foretell(t, 1)
	w.joins(0)
	w.live(w.now().AddDate(0, 0, 10))
	before, err := w.Store.Campaigns(t.Context())
	w.must(err)
	w.series.letters = append(w.series.letters, letter{id: "late", text: "x"})
	if plan := w.plan(); plan.State != app.PlanChanged {
		t.Fatalf("the plan is %+v", plan)
	}
	program, err := w.observer().Program("letters")
	w.must(err)
	if _, err := w.observer().ReaderCalendar(t.Context(), program, 28); err != nil {
		t.Fatal(err)
	}
	after, err := w.Store.Campaigns(t.Context())
	w.must(err)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the records were\n%v\nand are\n%v", before, after)
	}
}

// TestThereIsNoDatabaseYet plans before anything ran.
func TestThereIsNoDatabaseYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "campaigns"), lettersFiles()); err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	database, err := config.ParseDatabase(filepath.Join(dir, "none.db"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database, cfg.Campaigns, cfg.Templates = database, filepath.Join(dir, "campaigns"), ""
	o, err := app.Observe(context.Background(), app.Options{Config: cfg, Calendar: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	plans, err := o.Plan(t.Context(), app.PlanQuery{})
	if err != nil || len(plans) != 1 || plans[0].State != app.PlanNew || plans[0].Issues != 3 {
		t.Errorf("%+v, %v", plans, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a database was made")
	}
}
