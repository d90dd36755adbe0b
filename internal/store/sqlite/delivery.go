package sqlite

import (
	"context"
	"fmt"

	"partwork/internal/drip"
)

const oneDelivery = `
	SELECT ` + deliveryColumns + ` FROM deliveries d WHERE d.enrollment_id = $1 AND d.issue_id = $2`

// Delivery implements [store.Reports].
func (s *Store) Delivery(ctx context.Context, key drip.DeliveryKey) (drip.Delivery, error) {
	var d drip.Delivery
	err := s.read(ctx, func(r *snapshot) error {
		return found(r.row(toDelivery(&d), oneDelivery, int64(key.Enrollment), int64(key.Issue)))
	})
	if err != nil {
		return drip.Delivery{}, fmt.Errorf("read the delivery of issue %d to enrollment %d: %w", key.Issue, key.Enrollment, err)
	}
	return d, nil
}
