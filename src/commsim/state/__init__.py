"""What is: plain columns and small tables, no behaviour.  ``whole.State`` is all of it on one day."""
