# bin/aep-export-orders, against a server that behaves as Adobe Commerce's order search does.

use strict;
use warnings;

use AepCommerce;
use AepIntake;
use Cwd ();
use File::Basename ();
use File::Temp ();
use JSON::PP ();
use Test::More;

my $bin       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../bin');
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
my $file      = "$directory/orders.ndjson";
my $said;

$ENV{COMMERCE_TOKEN} = 'the-token';

# Not in the order of their ids, as a shop gives them.
my @orders = reverse map {
    {
        entity_id   => $_ * 3,
        increment_id => sprintf('%09d', 1000 - $_),
        created_at  => sprintf('2024-%02d-01 10:00:00', 1 + $_ % 12),
        state       => $_ % 10 ? 'complete' : 'canceled',
        grand_total => 19.99,
        weight      => 0.1,
        name        => "J\x{f3}n"
    }
} 1 .. 57;
my @ids = sort { $a <=> $b } map { $_->{entity_id} } @orders;

sub content_of {
    my $name = shift;
    open my $in, '<', $name or return '';
    local $/;
    return <$in> // '';
}

# Runs it; returns its exit code.
sub run {
    my ($commerce, @options) = @_;
    my $url = ref $commerce ? $commerce->url : $commerce;
    my @quoted = map { "'$_'" } @options, $url, $file;
    $said = `$bin/aep-export-orders @quoted 2>&1`;
    return $? >> 8;
}

sub documents { return map { JSON::PP::decode_json($_) } split /\n/, content_of($file) }
sub placed    { return map { $_->{order}{entity_id} } grep { $_->{event} eq 'orderPlaced' } documents() }
sub cancelled { return map { $_->{order}{entity_id} } grep { $_->{event} eq 'orderCancelled' } documents() }

subtest 'all orders, in their order' => sub {
    my $commerce = AepCommerce->start(token => 'the-token', orders => \@orders);
    is(run($commerce, '--page', 10), 0, 'all is written');
    is_deeply([placed()], \@ids, 'each order once');
    is_deeply([cancelled()], [30, 60, 90, 120, 150], 'and what became of those that were canceled');
    my ($first) = documents();
    is_deeply($first->{order}, $orders[-1], 'whole, as it was');
    like(content_of($file), qr/"grand_total":19\.99,"increment_id":"000000999","name":"J\xc3\xb3n".*"weight":0\.1\b/, 'numbers stay numbers, and exact');
    like($said, qr/^aep-export-orders: 10 orders written, 47 left, \d+ a second\n/, 'it says how far it is');
    like($said, qr/^57 orders written to \Q$file\E\n\z/m, 'and what it has done');
    is((stat $file)[2] & 0777, 0600, 'the file is for its owner alone');
    is(run($commerce), 0, 'once more');
    is(scalar(() = placed()), 57, 'nothing new');

    my $later = AepCommerce->start(token => 'the-token', orders => [@orders, { %{ $orders[0] }, entity_id => 1000 }]);
    is(run($later), 0, 'when there is a new order');
    is_deeply([placed()], [@ids, 1000], 'it is added');

    my $intake = AepIntake->start;
    `$bin/aep-backfill $file @{[$intake->url]} 2>&1`;
    is($?, 0, 'aep-backfill takes the file');
    is(($intake->requests)[0]{documents}, 63, 'each line of it');
};

subtest 'an export that was stopped' => sub {
    my $commerce = AepCommerce->start(token => 'the-token', orders => \@orders);
    my $whole = content_of($file);
    unlink $file;
    run($commerce);
    $whole = content_of($file);
    my $end_of_placed = index($whole, "\n", index($whole, '"entity_id":30,')) + 1;
    for my $size ($end_of_placed, 1, $end_of_placed - 1, $end_of_placed + 20, length($whole) - 1) {
        truncate $file, $size;
        is(run($commerce, '--page', 7), 0, "goes on behind $size bytes");
        is(content_of($file), $whole, 'and the file is the same');
    }
};

subtest 'a part of the orders' => sub {
    unlink $file;
    my $commerce = AepCommerce->start(token => 'the-token', orders => \@orders);
    is(run($commerce, '--from', '2024-03-01', '--to', '2024-04-01 10:00:00'), 0, 'between two dates');
    is_deeply([placed()], [grep { $_ / 3 % 12 == 2 } @ids], 'those of March');
    unlink $file;
    is(run(AepCommerce->start(token => 'the-token')), 0, 'a shop without orders');
    is(content_of($file), '', 'an empty file');
};

subtest 'orders that changed' => sub {
    unlink $file, "$directory/sent.new";
    my @changed = (
        { entity_id => 1, state => 'processing', created_at => '2024-05-01 10:00:00', updated_at => '2024-05-01 10:00:00' },
        { entity_id => 2, state => 'canceled',   created_at => '2024-01-01 10:00:00', updated_at => '2024-05-01 10:00:00' },
        { entity_id => 3, state => 'complete',   created_at => '2024-01-01 10:00:00', updated_at => '2024-05-01 10:00:00', items => [{ qty_shipped => 0 }, { qty_shipped => '2.0000' }] },
        { entity_id => 4, state => 'complete',   created_at => '2024-01-01 10:00:00', updated_at => '2024-05-01 10:00:00', items => [{ qty_shipped => 0 }] },
        { entity_id => 5, state => 'canceled',   created_at => '2024-01-01 10:00:00', updated_at => '2024-01-01 10:00:00' },
        { entity_id => 6, state => 'canceled',   created_at => '2024-05-02 10:00:00', updated_at => '2024-05-02 10:00:00' },
    );
    open my $sent, '>', "$directory/sent" or die "sent: $!";
    print {$sent} "orderPlaced 6\n";
    close $sent;
    my $commerce = AepCommerce->start(token => 'the-token', orders => \@changed);
    is(run($commerce, '--changed-from', '2024-05-01', '--sent', "$directory/sent"), 0, 'are written');
    my @names = map { "$_->{event} $_->{order}{entity_id}" } documents();
    is_deeply(\@names, ['orderPlaced 1', 'orderCancelled 2', 'orderShipmentCompleted 3', 'orderCancelled 6'], 'with what became of them, and without what was sent');
    is(content_of("$directory/sent.new"), join('', map { "$_\n" } @names), 'their names are there');
    is(content_of("$directory/sent"), "orderPlaced 6\n", 'but do not count as sent');
    is(run($commerce, '--changed-from', 'now'), 2, 'no date');
    is(run($commerce, '--sent', "$directory/none"), 2, 'no such file');
    like($said, qr{cannot read \S+/none: No such file}, 'it says so');
};

subtest 'Commerce is away' => sub {
    unlink $file;
    my $commerce = AepCommerce->start(token => 'the-token', orders => \@orders, answers => [503, undef, 502, undef]);
    is(run($commerce, '--page', 30), 0, 'all is written');
    is_deeply([placed()], \@ids, 'each order once');
    like($said, qr/Commerce answered 503: status 503; tries again in 1 s\n/, 'it says so');
};

subtest 'what cannot go on' => sub {
    unlink $file;
    my $commerce = AepCommerce->start(token => 'another', orders => \@orders);
    is(run($commerce), 2, 'a wrong token');
    like($said, qr/Commerce answered 401: The consumer isn't authorized to access %resources\.; it takes another token/, 'it says so');
    unlike($said, qr/the-token/, 'without it');
    is(run($commerce->url . '/shop'), 2, 'another path');
    like($said, qr{Commerce answered 404: .*; expected the address below which Commerce has /rest/V1/orders}, 'it says so');
    is(run('shop.example'), 2, 'no address');
    like($said, qr{the shop is "shop\.example": expected its address, as https://shop\.example}, 'it says so');
    is(run($commerce, '--from', 'yesterday'), 2, 'no date');
    like($said, qr/--from is "yesterday": expected a date/, 'it says so');
    local $ENV{COMMERCE_TOKEN} = '';
    is(run($commerce), 2, 'no token');
    open my $out, '>', $file;
    print {$out} qq({"id":1}\n);
    close $out;
    local $ENV{COMMERCE_TOKEN} = 'another';
    is(run($commerce), 2, 'another file');
    like($said, qr/the last line of \S+ was not written by aep-export-orders: name another file/, 'it says so');
};

done_testing;
