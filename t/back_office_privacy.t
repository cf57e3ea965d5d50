# Nothing personal leaves, is logged at any level, or waits on disk.

use strict;
use warnings;

use AepBackOffice;
use AepEdge;
use File::Find ();
use JSON::PP qw(decode_json encode_json);
use Test::More;

# Members of Commerce's entities whose values are personal wherever they stand.
my $personal = qr/(?:^|_)(?:email|firstname|lastname|middlename|prefix|suffix|dob|gender|taxvat|vat_id|company|telephone|fax
    |street|city|postcode|remote_ip|x_forwarded_for|last_trans_id|cc_last_4|cc_owner|po_number|track_number|customer_note
    |comment|gift_message|option_value|coupon_code|protect_code|transaction_id|additional_information)$/x;

my $edge = AepEdge->start;
my $shop = AepBackOffice->start($edge, workers => 1, main => 'error_log AEP_DIRECTORY/debug.log debug;',
    server => 'aep_back_office_profile_events on;');

my %secrets;

sub collect {
    my ($data, $is_secret) = @_;
    if (ref $data eq 'HASH') {
        collect($data->{$_}, $is_secret || $_ =~ $personal) for keys %$data;
    } elsif (ref $data eq 'ARRAY') {
        collect($_, $is_secret) for @$data;
    } elsif ($is_secret && defined $data && !ref $data && length $data >= 6) {    # less than that is found anywhere by chance
        $secrets{$data} = 1;
    }
    return;
}

my $answers = '';

sub post {
    my ($text, %header) = @_;
    my $answer = $shop->post($text, %header);
    $answers .= "$answer->{status} $answer->{body}\n";
    return $answer;
}

for my $name (qw(01 03 04 05 06 07 08 09 10 11)) {
    my $text = $shop->sample($name);
    collect(decode_json($text), 0);
    my $answer = post($text);
    is($shop->results($answer)->[0]{result}, 'accepted', "sample $name") or diag $answer->{body};
    # Faults are told without what is wrong.
    my $order = decode_json($text);
    $order->{order}{increment_id} = [] if ref $order->{order} eq 'HASH';
    post(encode_json($order));
    post(substr $text, 0, int(length($text) / 2));
    post($text, path => '/orders?event=orderEaten');
    (my $lines = $text) =~ s/\s*\n\s*/ /g;
    post("$lines\n" . substr($lines, 100) . "\n", 'Content-Type' => 'application/x-ndjson');
}
cmp_ok(scalar keys %secrets, '>', 50, 'the samples are full of personal data');

$edge->mode({ status => 503 });
post(encode_json([map { my $order = $shop->order($_); $order->{order}{customer_firstname} = 'Firstname-of-somebody'; $order } 1 .. 5]));
@secrets{ map { "shopper$_\@shop.example" } 1 .. 5 } = (1) x 5;
$secrets{'Firstname-of-somebody'} = 1;
$edge->requests(at_least => 1);

my $log = '';
for my $file ($shop->server->directory . '/debug.log') {
    open my $in, '<', $file or die "$file: $!";
    local $/;
    $log = <$in>;
}
my $disk = '';
File::Find::find(sub {
    return unless -f && /\.db/;
    open my $in, '<', $_ or die "$_: $!";
    binmode $in;
    local $/;
    $disk .= <$in>;
}, $shop->server->directory . '/aep-queue');
my $edge_got = encode_json($edge->requests);

like($log, qr/aep back office/, 'the debug log is on') if AepServer::nginx_configuration() =~ /--with-debug/;
cmp_ok(length $disk, '>', 1000, 'the queue is on the disk');

sub holds {
    my ($text) = @_;
    # A value that is also something else, as a country's name or a price, is no sign of a leak.
    return [grep { $text =~ /\Q$_\E/ } sort keys %secrets];
}

is_deeply(holds($answers),  [], 'nothing of it is in an answer');
is_deeply(holds($log),      [], 'nor in the log');
is_deeply(holds($disk),     [], 'nor on the disk');
is_deeply(holds($edge_got), [], 'nor with Edge');

$shop->server->quit;
done_testing;
