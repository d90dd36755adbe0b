package app_test

import (
	"testing"

	"partwork/internal/audience"
	"partwork/internal/drip"
	"partwork/internal/mailaddr"
)

// invite adds a person who is to confirm.
func invite(t testing.TB, in *instance, email string) {
	t.Helper()
	address, err := mailaddr.Parse(email)
	if err != nil {
		t.Fatal(err)
	}
	program, err := in.Library.Campaign("letters")
	if err != nil {
		t.Fatal(err)
	}
	_, err = in.Audience.Add(t.Context(), audience.NewPerson{
		Email: address, Campaign: &audience.CampaignTarget{No: program.Record.No}, Invite: true,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// onlyEnrollment returns the single enrollment of the single person.
func onlyEnrollment(t testing.TB, in *instance) drip.Enrollment {
	t.Helper()
	rows := in.entries(t)
	if len(rows) == 0 {
		t.Fatal("the ledger is empty")
	}
	e, err := in.Store.Enrollment(t.Context(), rows[0].Enrollment)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
