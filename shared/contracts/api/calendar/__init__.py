"""What calendar's API takes and answers: visits and who attends them, clashes, outcomes, feeds."""
